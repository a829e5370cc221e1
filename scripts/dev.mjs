#!/usr/bin/env node
import { join } from 'node:path'
import { buildWorkflowBundle } from './lib/builds.mjs'
import { abortOnInterrupt, onInterrupt } from './lib/interrupt.mjs'
import { runMain, UsageError } from './lib/main.mjs'
import { prepare } from './lib/prepare.mjs'
import { say } from './lib/progress.mjs'
import { root } from './lib/root.mjs'
import { readLines } from './lib/run-command.mjs'
import { readServerOptions, SERVER_OPTIONS_HELP } from './lib/server-options.mjs'
import { superviseNode } from './lib/supervise.mjs'
import { watchSources } from './lib/watch-sources.mjs'

/** Vite is not ours and does not know that its parent may die. */
const endWithParent = new URL('./lib/end-with-parent.mjs', import.meta.url).href

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

  const code = await new Promise((resolve) => {
    onInterrupt((_, count) => {
      if (count > 1) process.exit(1)
      resolve(0)
    })
    vite.exited.then(() => resolve(1))
  })
  unwatch()
  vite.child.kill('SIGTERM')
  await backend.stop()
  return code
}

/** The backend of the moment. A restart waits for the old one to end: only one process may have the data folder. */
function createBackend(env) {
  let current = null
  let isStopping = false
  let turn = Promise.resolve()

  const stopCurrent = async () => {
    const old = current
    // Before the waiting, so that an end we asked for is not reported as a crash.
    current = null
    old?.child.kill('SIGTERM')
    await old?.exited
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
    current = superviseNode(['backend/src/main.ts'], env, { stdio: 'pipe' })
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
  const vite = superviseNode(
    ['--import', endWithParent, join(root, 'node_modules', 'vite', 'bin', 'vite.js'), '--clearScreen', 'false'],
    env,
    { stdio: 'pipe', cwd: join(root, 'frontend') },
  )
  prefixOutput('web', vite.child)
  return vite
}

function prefixOutput(name, child) {
  for (const stream of [child.stdout, child.stderr]) readLines(stream, (line) => console.log(prefixed(name, line)))
}

const prefixed = (name, text) => text.replace(/^/gm, `${name.padEnd(8)}│ `)

await runMain(USAGE, main)
