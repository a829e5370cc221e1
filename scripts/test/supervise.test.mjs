import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { root } from '../lib/root.mjs'

let folder, parent
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-supervise-'))
})
afterEach(async () => {
  parent?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** A parent that supervises `source`, which writes what happens to it into the file "seen". */
async function writeParent(source) {
  await writeFile(
    join(folder, 'child.mjs'),
    `import { appendFileSync } from 'node:fs'
const note = (word) => appendFileSync(${JSON.stringify(join(folder, 'seen'))}, word + ' ')
${source}`,
  )
  await writeFile(
    join(folder, 'parent.mjs'),
    `import { runSupervised } from ${JSON.stringify(join(root, 'scripts/lib/supervise.mjs'))}
process.exitCode = await runSupervised(${JSON.stringify(join(folder, 'child.mjs'))}, { GIVEN: 'yes' })`,
  )
}

/** @returns {Promise<number | null>} the parent's exit code */
async function startParent(source) {
  await writeParent(source)
  parent = spawn(process.execPath, [join(folder, 'parent.mjs')], { stdio: 'ignore' })
  return new Promise((resolve) => parent.once('exit', resolve))
}
const seen = () => readFile(join(folder, 'seen'), 'utf8').catch(() => '')
const seesAll = (text) => vi.waitFor(async () => expect(await seen()).toBe(text), { timeout: 8_000 })

const WAITS = `setInterval(() => {}, 1000)
process.on('SIGINT', () => { note('int'); setTimeout(() => process.exit(7), 600) })
process.on('SIGTERM', () => { note('term'); process.exit() })
process.on('disconnect', () => { note('disconnect'); process.exit() })
note('ready:' + process.env.MILLRACE_PARENT + process.env.GIVEN)`

test('passes a signal on once, although the terminal and npm both send it, and ends with the code of the child', async () => {
  const exited = startParent(WAITS)
  await seesAll('ready:ipcyes ')
  parent.kill('SIGINT')
  parent.kill('SIGINT')
  await new Promise((resolve) => setTimeout(resolve, 30))
  parent.kill('SIGINT')
  expect(await exited).toBe(7)
  expect(await seen()).toBe('ready:ipcyes int ')
})

test('the child learns that its parent was killed', async () => {
  void startParent(WAITS)
  await seesAll('ready:ipcyes ')
  parent.kill('SIGKILL')
  await seesAll('ready:ipcyes disconnect ')
})

test('the end of npm reaches the child', async () => {
  await writeParent(WAITS)
  // npm starts a shell, which starts the script; a second command keeps the shell from becoming the script.
  parent = spawn('/bin/sh', ['-c', `"${process.execPath}" "${join(folder, 'parent.mjs')}"; true`], {
    stdio: 'ignore',
    env: { ...process.env, npm_lifecycle_event: 'start' },
  })
  await seesAll('ready:ipcyes ')
  parent.kill('SIGTERM')
  await seesAll('ready:ipcyes term ')
})

test('ends what a crashed child left behind in its group', async () => {
  const source = `import { spawn } from 'node:child_process'
const late = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => { require("fs").appendFileSync(process.argv[1], "ended "); process.exit() }); console.log(1); setTimeout(() => {}, 60000)', ${JSON.stringify('SEEN')}], { stdio: ['ignore', 'pipe', 'ignore'] })
late.stdout.once('data', () => process.exit(9))`
  const exited = startParent(source.replace('"SEEN"', JSON.stringify(join(folder, 'seen'))))
  expect(await exited).toBe(9)
  await seesAll('ended ')
})
