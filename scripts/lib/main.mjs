import { realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { INTERRUPTED_EXIT_CODE } from './interrupt.mjs'
import { say } from './progress.mjs'

/** An expected failure: its message says all there is to say, a stack trace would only hide it. */
export class UserError extends Error {}

/** A wrong option. Exit code 2, as shells do. */
export class UsageError extends UserError {}

/** @param {string} file `import.meta.filename` of the asking module */
export function isMain(file) {
  return Boolean(process.argv[1]) && realpathSync(process.argv[1]) === file
}

/**
 * The frame of every script here: `--help`, messages instead of stack traces, exit codes.
 *
 * @param {string} usage
 * @param {(argv: string[]) => Promise<number | void>} main returns the exit code, 0 when it returns nothing
 */
export async function runMain(usage, main) {
  const argv = process.argv.slice(2)
  if (argv.includes('--help') || argv.includes('-h')) return void process.stdout.write(usage)
  try {
    process.exitCode = (await main(argv)) ?? 0
  } catch (error) {
    if (error.name === 'AbortError') process.exitCode = INTERRUPTED_EXIT_CODE
    else {
      say(error instanceof UserError ? error.message : error.stack)
      process.exitCode = error instanceof UsageError ? 2 : 1
    }
  }
}

/**
 * @param {string[]} argv
 * @param {import('node:util').ParseArgsConfig['options']} options
 * @returns {Record<string, string | boolean | undefined>}
 * @throws {UsageError} naming the wrong word
 */
export function parseOptions(argv, options) {
  try {
    return parseArgs({ args: argv, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`)
    // The first sentence names the wrong word; the rest is advice about positionals, of which there are none.
    const reason = error.message.split(/\. |\n/)[0]
    throw new UsageError(`${reason}. Known options: ${[...known, '--help'].join(', ')}.`)
  }
}
