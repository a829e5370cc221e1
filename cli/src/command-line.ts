import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { usageError } from './cli-error.ts'

/** Options that every command has. */
export const commonOptions = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig

export interface CommandLine {
  positionals: string[]
  text(name: string): string | undefined
  /** Of an option that may be given several times. */
  texts(name: string): string[]
  flag(name: string): boolean
}

interface Syntax {
  name: string
  options: ParseArgsOptionsConfig
  positionals: { min: number; max: number }
}

/** Throws CliError USAGE for unknown options, missing values, and too few or too many words. */
export function parseCommandLine({ name, options, positionals: bounds }: Syntax, args: string[]): CommandLine {
  const { values, positionals } = read(name, args, { ...commonOptions, ...options })
  const line: CommandLine = {
    positionals: positionals.map(unmarked),
    text: (option) => {
      const value = values[option]
      return typeof value === 'string' ? unmarked(value) : undefined
    },
    texts: (option) => {
      const value = values[option]
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string').map(unmarked) : []
    },
    flag: (option) => values[option] === true,
  }
  if (line.flag('help')) return line
  const seeHelp = `See: millrace ${name} --help`
  if (positionals.length < bounds.min) throw usageError(`"millrace ${name}" needs more words.`, seeHelp)
  if (positionals.length > bounds.max) {
    throw usageError(`"millrace ${name}" does not know what to do with "${positionals[bounds.max]}".`, seeHelp)
  }
  return line
}

/** An id of the server, or a question's, that happens to begin with a dash; no option looks like it. */
const idWithDash = /^-[\w-]{19}(:.+)?$/
const mark = '\u0000'

/** Hides the dash from the parser, which would take the id for an option. */
function marked(word: string): string {
  return idWithDash.test(word) ? mark + word : word
}

function unmarked(word: string): string {
  return word.startsWith(mark) ? word.slice(mark.length) : word
}

function read(name: string, args: string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: args.map(marked), options, allowPositionals: true, strict: true })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), `See: millrace ${name} --help`)
  }
}
