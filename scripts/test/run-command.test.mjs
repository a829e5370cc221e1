import { expect, test } from 'vitest'
import { runCommand } from '../lib/run-command.mjs'

const node = (source, options) => runCommand(process.execPath, ['-e', source], options)

test('keeps output and exit code', async () => {
  const lines = []
  const result = await node('console.log("a\\nb"); console.error("c"); process.exit(3)', {
    onLine: (line) => lines.push(line),
  })
  expect(result).toMatchObject({ code: 3, stdout: 'a\nb\n', timedOut: false })
  expect(lines.sort()).toEqual(['a', 'b', 'c'])
})

test('a command that does not exist is a failure and no exception', async () => {
  expect(await runCommand('/nowhere/tool', [])).toMatchObject({ code: -1, tail: [expect.stringContaining('ENOENT')] })
})

test('a timeout ends the command together with what it started', async () => {
  // The grandchild would hold the pipe open for a minute if it survived.
  const source = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
    setTimeout(() => {}, 60000)`
  const startedAt = Date.now()
  expect(await node(source, { timeoutMs: 500 })).toMatchObject({ code: -1, timedOut: true })
  expect(Date.now() - startedAt).toBeLessThan(8_000)
})

test('an abort ends the command', async () => {
  const controller = new AbortController()
  const running = node('setTimeout(() => {}, 60000)', { signal: controller.signal })
  controller.abort()
  expect(await running).toMatchObject({ code: -1, aborted: true })
})
