import { expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

it('lets a rate through with a burst of twice as much, also when the clock is set back', () => {
  const bucket = new TokenBucket(10, 1000)
  const taken = (now: number, tries: number) => Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean)
  expect(taken(1000, 30)).toHaveLength(20)
  expect(taken(1500, 30)).toHaveLength(5)
  expect(taken(-3_600_000, 1)).toHaveLength(0)
  expect(taken(-3_599_000, 30)).toHaveLength(10)
})
