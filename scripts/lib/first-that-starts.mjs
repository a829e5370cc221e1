import { isExecutableFile } from './find-on-path.mjs'
import { UserError } from './main.mjs'
import { runCommand } from './run-command.mjs'

/**
 * The first executable that one of the ways leads to and that prints its version in time: one that cannot do so
 * (a stub, missing libraries) cannot run tests either.
 * @param {Array<[name: string, way: () => Promise<string | undefined>]>} ways in the order to try them
 * @param {{ missing: string, help: string, timeoutMs: number, signal?: AbortSignal | undefined }} options
 *   what the error says is missing, and what it says to do
 * @returns {Promise<string>} its path
 * @throws {UserError} when every way failed; the message names each
 */
export async function firstThatStarts(ways, { missing, help, timeoutMs, signal }) {
  const tried = []
  for (const [name, way] of ways) {
    const path = await way().catch((error) => void tried.push(`${name}: ${error.message}`))
    signal?.throwIfAborted()
    if (path && (await starts(path, timeoutMs))) return path
    if (path) tried.push(`${name}: ${path} does not start`)
  }
  const lines = tried.map((line) => `  - ${line}`)
  throw new UserError([`No ${missing} could be found or installed.`, ...lines, help].join('\n'))
}

async function starts(path, timeoutMs) {
  if (!isExecutableFile(path)) return false
  const { code } = await runCommand(path, ['--version'], { timeoutMs })
  return code === 0
}
