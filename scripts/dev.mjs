#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildWorkflowBundle } from './lib/builds.mjs'
import { abortOnInterrupt, onInterrupt } from './lib/interrupt.mjs'
import { runMain, UsageError } from './lib/main.mjs'
import { nodeBinary, nodeEnv } from './lib/node-binary.mjs'
import { prepare } from './lib/prepare.mjs'
import { say } from './lib/progress.mjs'
import { root } from './lib/root.mjs'
import { readLines } from './lib/run-command.mjs'
import { readServerOptions, SERVER_OPTIONS_HELP } from './lib/server-options.mjs'
import { superviseNode } from './lib/supervise.mjs'
import { watchSources } from './lib/watch-sources.mjs'

const USAGE = `Usage: npm run dev -- [options]

Like npm start, for working on Millrace: the backend restarts and the workflow bundle is rebuilt when a source of
backend, temporal or shared changes; the web app is served by Vite and updates in place.

${SERVER_OPTIONS_HELP}`

async function main(argv) {
  const serverEnv = readServerOptions(argv)
  if (serverEnv.MILLRACE_PORT === '0') throw new UsageError('Vite must know where the backend is: name a port.')
  const { signal, release } = abortOnInterrupt()
  const preparedEnv = await prepare({ signal, withWebApp: false }).finally(release)
  const env = { ...serverEnv, ...preparedEnv, MILLRACE_DEV_API: `http://127.0.0.1:${serverEnv.MILLRACE_PORT}` }

  const vite = startVite(env)
  const backend = createBackend(env)
  const unwatch = watchSources(['backend/src', 'temporal/src', 'shared/src'], () => backend.restart())
  backend.restart()

  await new Promise((resolve) => {
    onInterrupt((_, count) => {
      if (count > 1) process.exit(1)
      resolve()
    })
    vite.once('exit', resolve)
  })
  unwatch()
  vite.kill('SIGTERM')
  await backend.stop()
}

/** The backend of the moment. A restart waits for the old one to end: only one process may have the data folder. */
function createBackend(env) {
  let current = null
  let isStopping = false
  let turn = Promise.resolve()

  const stopCurrent = async () => {
    current?.child.kill('SIGTERM')
    await current?.exited
    current = null
  }
  const start = async () => {
    await stopCurrent()
    if (isStopping) return
    try {
      await buildWorkflowBundle()
    } catch (error) {
      // The person at the editor is about to mend it, and the next change starts the backend.
      return say(prefixed('backend', error.message))
    }
    current = superviseNode('backend/src/main.ts', env, { stdio: 'pipe' })
    prefixOutput('backend', current.child)
    const { child, exited } = current
    exited.then((code) => {
      if (current?.child === child && !isStopping)
        say(prefixed('backend', `ended with code ${code}; waiting for a change`))
    })
  }
  return {
    restart: () => (turn = turn.then(start)),
    stop: () => {
      isStopping = true
      return (turn = turn.then(stopCurrent))
    },
  }
}

function startVite(env) {
  const child = spawn(nodeBinary(), [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), '--clearScreen', 'false'], {
    cwd: join(root, 'frontend'),
    env: { ...nodeEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that one Ctrl-C reaches it through us and only once.
    detached: process.platform !== 'win32',
  })
  prefixOutput('web', child)
  return child
}

function prefixOutput(name, child) {
  for (const stream of [child.stdout, child.stderr]) readLines(stream, (line) => console.log(prefixed(name, line)))
}

const prefixed = (name, text) => text.replace(/^/gm, `${name.padEnd(8)}│ `)

await runMain(USAGE, main)
