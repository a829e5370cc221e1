import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RateCounts, type SharedRateCounts } from '../src/plugins/rate-counts.ts'
import { RedisRateCounts } from '../src/plugins/redis-rate-counts.ts'
import { silentLogger } from './support/silent-logger.ts'
import { redisBinary, TestRedis } from './support/test-redis.ts'
import { waitUntil } from './support/wait-until.ts'

const windowMs = 60_000

const increment = async (counts: RateCounts, key: string, ms = windowMs) => (await counts.increment(key, ms)).current

test('counts each key in its own window', async () => {
  const counts = new RateCounts(null)
  expect([await increment(counts, 'a'), await increment(counts, 'a'), await increment(counts, 'b')]).toEqual([1, 2, 1])
  expect(await increment(counts, 'short', 0)).toBe(1)
  expect(await increment(counts, 'short', 0)).toBe(1)
})

test('forgets the key counted longest ago when there are too many', async () => {
  const counts = new RateCounts(null)
  for (let index = 0; index <= 10_000; index += 1) await increment(counts, `${index}`)
  expect(await increment(counts, '10000')).toBe(2)
  expect(await increment(counts, '0')).toBe(1)
})

test('goes by its own count when the shared one cannot be had', async () => {
  const broken: SharedRateCounts = { increment: () => Promise.reject(new Error('away')) }
  const counts = new RateCounts(broken)
  expect([await increment(counts, 'a'), await increment(counts, 'a')]).toEqual([1, 2])
})

describe.runIf(redisBinary !== '')('D09 limits of several processes over one Redis', () => {
  let redis: TestRedis
  let shared: RedisRateCounts[]
  beforeAll(async () => {
    redis = await TestRedis.open()
    shared = [new RedisRateCounts(redis.url, silentLogger), new RedisRateCounts(redis.url, silentLogger)]
    await Promise.all(
      shared.map((each) =>
        waitUntil(() =>
          each.increment('warm', windowMs).then(
            () => true,
            () => false,
          ),
        ),
      ),
    )
  })
  afterAll(async () => {
    for (const each of shared) each.close()
    await redis.close()
  })

  test('count together, lose nothing but the sum when Redis goes, and show no address in it', async () => {
    const [first, second] = shared.map((each) => new RateCounts(each))
    if (first === undefined || second === undefined) throw new Error('two processes were made')
    const key = 'sign-in:10.0.0.9:ada@example.org'
    expect([await increment(first, key), await increment(second, key), await increment(first, key)]).toEqual([1, 2, 3])
    const keys = String(await redis.command('keys', '*'))
    expect(keys).toContain('millrace:rate:')
    expect(keys).not.toMatch(/10\.0\.0\.9|ada/)
    await redis.kill()
    expect(await increment(first, key)).toBe(3)
    expect(await increment(second, key)).toBe(2)
  })
})
