import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger, withoutToken } from './create-logger.ts'

function capture(format: 'text' | 'json') {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  return { logger: createLogger({ level: 'info', format }, sink), lines }
}

test('never writes what a field of a secret’s name holds', () => {
  const { logger, lines } = capture('json')
  logger.info(
    { password: 'pw-1', user: { apiKey: 'pw-2' }, req: { method: 'GET', url: '/ws?token=pw-3', headers: {} } },
    'x',
  )
  expect(lines.join('')).not.toContain('pw-')
  expect(withoutToken('/ws?a=1&token=abc&b=2')).toBe('/ws?a=1&token=[redacted]&b=2')
})

test('leaves people’s data out of database errors, and keeps the causes', () => {
  const { logger, lines } = capture('json')
  const error = new Error('Failed query: insert\nparams: pw-1', { cause: new Error('deep') })
  logger.error({ err: error }, 'failed')
  expect(lines.join('')).not.toContain('pw-1')
  expect(lines.join('')).toContain('deep')
})

test('writes text for people: time, level, message, fields', () => {
  const { logger, lines } = capture('text')
  logger.info({ part: 'database', reason: 'two words' }, 'ready')
  logger.error({ err: new Error('broken') }, 'failed')
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}ready part=database reason="two words"\n$/)
  expect(lines[1]).toMatch(/error failed\n {4}Error: broken\n {4}at /)
})
