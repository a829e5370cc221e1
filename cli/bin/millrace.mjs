#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { nodeBinary } from '../../scripts/lib/node-binary.mjs'
import { isNodeNewEnough } from '../../scripts/lib/node-version.mjs'

/**
 * Runs the TypeScript as it is: in this process where Node is new enough, otherwise under the Node that the
 * installation brought. In syntax that old versions of Node can parse.
 */
const main = new URL('../src/main.ts', import.meta.url)

if (isNodeNewEnough(process.versions.node)) await import(main.href)
else runElsewhere()

function runElsewhere() {
  let node
  try {
    node = nodeBinary()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
    return
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches both from the terminal; other signals reach only this process. The child decides how it ends.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
