import type { EventDraft } from '@millrace/shared/events'
import { describe, expect, it } from 'vitest'
import { cutMessages } from './event-bounds.ts'
import { draftJsonOf } from './stored-payload.ts'

const line = (message: string): EventDraft => ({
  type: 'node:log',
  eventId: 'draft/node:log/1/0',
  timestamp: 1,
  executionId: 'e1',
  nodeId: 'draft',
  nodePath: 'draft',
  iteration: 1,
  level: 'info',
  message,
})

describe('draftJsonOf', () => {
  it.each([
    ['a NUL', 'a\u0000b', 'a\uFFFDb'],
    ['half of a pair', 'a\ud83db', 'a\uFFFDb'],
    ['a pair', 'a😀b', 'a😀b'],
    ['words about an escape', 'a\\u0000b', 'a\\u0000b'],
  ])('writes %s so that a database can look into it', (_what, message, kept) => {
    const text = draftJsonOf(line(message))
    expect(JSON.parse(text)).toEqual({ ...line(kept) })
    expect(text).not.toMatch(/[^\\]\\u(?:0000|d83d)/)
  })
})

describe('cutMessages', () => {
  it('cuts between characters', () => {
    const { message } = cutMessages({ type: 'node:log', message: `${'x'.repeat(3998)}😀${'y'.repeat(10)}` })
    expect(message).toBe(`${'x'.repeat(3998)}…`)
  })
})
