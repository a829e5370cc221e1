import { expect, test } from 'vitest'
import { acceptJson, jsonLevelsMax } from './incoming-json.ts'

const nested = (levels: number, [open, close]: readonly [string, string]) =>
  `${open.repeat(levels)}0${close.repeat(levels)}`
const accept = (text: string) => acceptJson(JSON.parse(text), text)

test.each([
  ['lists', ['[', ']']],
  ['objects', ['{"a":', '}']],
] as const)('%s may be nested as deep as the bound and not deeper, however deep that is', (_kind, brackets) => {
  expect(() => accept(nested(jsonLevelsMax, brackets))).not.toThrow()
  for (const levels of [jsonLevelsMax + 1, 100_000]) {
    expect(() => accept(nested(levels, brackets))).toThrow('deeper than 64 levels')
  }
})

test('a wide value is not a deep one', () => {
  expect(accept(`[${'[],'.repeat(10_000)}{}]`)).toHaveLength(10_001)
})

test('what no database stores becomes a replacement character, in keys too, and whole pairs stay', () => {
  const text = String.raw`{"a\u0000":["\u0000","\ud800","\ud83d\ude00","\udc00b"]}`
  expect(accept(text)).toEqual({ 'a\uFFFD': ['\uFFFD', '\uFFFD', '😀', '\uFFFDb'] })
})
