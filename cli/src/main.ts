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

process.exitCode = await runCli(process.argv.slice(2), host)
// A pipe that was read from, or a closing handshake, must not keep a finished command alive.
process.stdin.unref?.()
