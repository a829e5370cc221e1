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
    positionals,
    text: (option) => {
      const value = values[option]
      return typeof value === 'string' ? value : undefined
    },
    texts: (option) => {
      const value = values[option]
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
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

function read(name: string, args: string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), `See: millrace ${name} --help`)
  }
}
