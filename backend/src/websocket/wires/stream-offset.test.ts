import { expect, test } from 'vitest'
import { streamCursor } from './stream-cursor.ts'
import { formatOffset, parseOffset } from './stream-offset.ts'

const epoch = '8f8991f8-b11c-447b-8369-4c548fb825ad'

test('reads back what it wrote, and sorts as text in the order of the numbers', () => {
  const seqs = [0, 1, 9, 10, 99, 100, 65_536, Number.MAX_SAFE_INTEGER]
  const offsets = seqs.map((seq) => formatOffset({ epoch, seq }))
  expect(offsets.map(parseOffset)).toEqual(seqs.map((seq) => ({ epoch, seq })))
  expect(offsets.toSorted()).toEqual(offsets)
  expect(new Set(offsets.map(({ length }) => length)).size).toBe(1)
})

test.each([
  '',
  '-1',
  'now',
  '12',
  `${epoch}_12`,
  `_${'0'.repeat(16)}`,
  `${epoch}_${'9'.repeat(16)}`,
  `a b_${'0'.repeat(16)}`,
])('does not take %j for an offset', (text) => {
  expect(parseOffset(text)).toBeNull()
})

test('gives cursors that rise with time and stay above the client’s own', () => {
  const now = Date.UTC(2026, 0, 1)
  const first = streamCursor(undefined, now)
  expect(streamCursor(undefined, now)).toBe(first)
  expect(Number(streamCursor(undefined, now + 20_000))).toBe(Number(first) + 1)
  for (const known of [first, String(Number(first) + 500)]) {
    expect(Number(streamCursor(known, now))).toBeGreaterThan(Number(known))
  }
  expect(streamCursor('no number', now)).toBe(first)
})
