import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Host } from './host.ts'

type Asker = Pick<Host, 'stdin' | 'stderr'>

/** Questions go to stderr, so that what a command prints can be piped. Throws CliError INTERRUPTED on Ctrl-C or the end of input. */
export function ask(host: Asker, question: string): Promise<string> {
  return readLine(host, question, true)
}

/** As `ask`, but what is typed is not shown. From a pipe it is the first line. */
export async function askSecret(host: Asker, question: string): Promise<string> {
  const answer = await readLine(host, host.stdin.isTTY === true ? question : '', false)
  if (host.stdin.isTTY === true) host.stderr.write('\n')
  return answer
}

async function readLine({ stdin, stderr }: Asker, question: string, isShown: boolean): Promise<string> {
  const isTerminal = stdin.isTTY === true
  // On a terminal readline itself echoes, to its output: one that drops everything hides what is typed.
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (isShown && isTerminal) stderr.write(chunk.toString())
      done()
    },
  })
  const lines = createInterface({ input: stdin, output, terminal: isTerminal, historySize: 0 })
  // Only now, with the terminal's own echo off: an answer may come the moment the question is there.
  stderr.write(question)
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = () =>
        reject(new CliError('INTERRUPTED', 'No answer was given.', { exitCode: exitCodes.interrupted }))
      lines.once('line', resolve)
      lines.once('SIGINT', giveUp)
      lines.once('close', giveUp)
    })
  } finally {
    lines.close()
  }
}
