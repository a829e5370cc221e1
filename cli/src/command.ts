import type { ParseArgsOptionsConfig } from 'node:util'
import type { CommandLine } from './command-line.ts'
import type { Host } from './host.ts'

/** One word after `millrace`: all that help, parsing and running need to know of it. */
export interface Command {
  name: string
  summary: string
  /** What follows the name. */
  usage: string
  /** Lines of its own below the usage, one per option and what else is to be known. */
  details: string
  options: ParseArgsOptionsConfig
  /** How many words it takes besides options. */
  positionals: { min: number; max: number }
  /** Returns the exit code. Throws CliError. */
  run(line: CommandLine, host: Host): Promise<number>
}
