import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ask, askSecret } from './ask.ts'

function setUp(isTTY: boolean) {
  let written = ''
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined })
  return { stdin, stderr: { write: (text: string) => (written += text) }, written: () => written }
}

test('a secret typed at a terminal is never shown', async () => {
  const { stdin, stderr, written } = setUp(true)
  const answer = askSecret({ stdin, stderr }, 'Password: ')
  stdin.write('hidden\r')
  expect(await answer).toBe('hidden')
  expect(written()).toBe('Password: \n')
})

test('an answer typed at a terminal is shown', async () => {
  const { stdin, stderr, written } = setUp(true)
  const answer = ask({ stdin, stderr }, 'Choice: ')
  stdin.write('redo\r')
  expect(await answer).toBe('redo')
  expect(written()).toContain('redo')
})

test('from a pipe it is the first line, with or without its end; no line is no answer', async () => {
  const piped = setUp(false)
  piped.stdin.end('hidden')
  expect(await askSecret(piped, 'Password: ')).toBe('hidden')
  expect(piped.written()).toBe('')
  const empty = setUp(false)
  empty.stdin.end()
  await expect(askSecret(empty, 'Password: ')).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 })
})
