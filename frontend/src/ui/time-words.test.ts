import { describe, expect, it } from 'vitest'
import { durationWords, relativeWords, remainingWords } from './time-words.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('times in words', () => {
  it.each([
    [400, '0.4 s'],
    [12_400, '12 s'],
    [72_000, '1 min 12 s'],
    [2 * minute, '2 min'],
    [3 * hour + 5 * minute, '3 h 5 min'],
    [2 * day + 4 * hour, '2 d 4 h'],
  ])('a span of %i ms is %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words)
  })

  it.each([
    [-5, '0 s'],
    [4200, '5 s'],
    [4 * minute + 12_000, '4 min 12 s'],
    [38 * minute + 20_000, '38 min'],
    [23 * hour + 58 * minute, '23 h 58 min'],
    [4 * day + 3 * hour, '4 d'],
  ])('%i ms that are left are %s', (ms, words) => {
    expect(remainingWords(ms)).toBe(words)
  })

  it.each([
    [3000, 'just now'],
    [42_000, '42 s ago'],
    [3 * minute, '3 min ago'],
    [26 * hour, '1 d ago'],
  ])('%i ms ago is %s', (ago, words) => {
    expect(relativeWords(1_000_000_000 - ago, 1_000_000_000)).toBe(words)
  })
})
