import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from './page-cursor.ts'

test('reads back where a page ended, and lets no character through that no database takes', () => {
  const position = { time: 5, id: 'e1' }
  expect(decodeCursor(encodeCursor(position))).toEqual(position)
  expect(decodeCursor(encodeCursor({ time: 5, id: 'e\u0000\ud800' }))).toEqual({ time: 5, id: 'e\uFFFD\uFFFD' })
  expect(() => decodeCursor('nonsense')).toThrow('expected form')
})
