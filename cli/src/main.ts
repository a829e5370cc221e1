import { homedir, hostname } from 'node:os'
import type { Host } from './host.ts'
import { runCli } from './run-cli.ts'

const host: Host = {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  homeDir: homedir(),
  hostName: hostname(),
  onInterrupt(listener) {
    process.on('SIGINT', listener)
    return () => process.off('SIGINT', listener)
  },
}

// Whoever reads our output may stop before its end (`| head`): that is no failure, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const exitCode = await runCli(process.argv.slice(2), host)
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
// A pipe that was read from, or a server that never answers a closing handshake, must not keep a finished command alive.
process.exit(exitCode)

/** Resolves when all that was written has left the process, or nobody reads it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
