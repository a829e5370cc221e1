import { CliError, usageError } from './cli-error.ts'
import type { Command } from './command.ts'
import { parseCommandLine } from './command-line.ts'
import { answer } from './commands/answer.ts'
import { cancel } from './commands/cancel.ts'
import { executions } from './commands/executions.ts'
import { login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import { pause, resume } from './commands/pause.ts'
import { run } from './commands/run.ts'
import { upload } from './commands/upload.ts'
import { watch } from './commands/watch.ts'
import { workflows } from './commands/workflows.ts'
import { exitCodes } from './exit-codes.ts'
import { helpFor, overview } from './help.ts'
import type { Host } from './host.ts'
import { printable } from './output/printable.ts'

export const commands: readonly Command[] = [
  login,
  logout,
  workflows,
  run,
  watch,
  answer,
  executions,
  pause,
  resume,
  cancel,
  upload,
]

/** Runs one command line to its end and tells its failure. Returns the exit code; throws nothing that is ours. */
export async function runCli(args: string[], host: Host): Promise<number> {
  try {
    return await dispatch(args, host)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    const { code, message, advice } = error
    const text = args.includes('--json')
      ? JSON.stringify({ error: { code, message, ...(advice === null ? {} : { advice }) } })
      : printable(`millrace: ${code}: ${message}${advice === null ? '' : `\n  ${advice}`}`)
    host.stderr.write(`${text}\n`)
    return error.exitCode
  }
}

async function dispatch(args: string[], host: Host): Promise<number> {
  const [first, ...rest] = args
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const named = commands.find(({ name }) => name === rest[0])
    const isWanted = first !== undefined
    ;(isWanted ? host.stdout : host.stderr).write(named === undefined ? overview(commands) : helpFor(named))
    return isWanted ? exitCodes.done : exitCodes.usage
  }
  const command = commands.find(({ name }) => name === first)
  if (command === undefined) throw usageError(`There is no command "${first}".`, 'See: millrace --help')
  const line = parseCommandLine(command, rest)
  if (line.flag('help')) {
    host.stdout.write(helpFor(command))
    return exitCodes.done
  }
  return command.run(line, host)
}
