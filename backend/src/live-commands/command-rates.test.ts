import type { AppError } from '@millrace/shared/errors/app-error'
import { expect, test } from 'vitest'
import { RateCounts, type SharedRateCounts } from '../plugins/rate-counts.ts'
import type { Identity } from '../websocket/identity.ts'
import { CommandRates } from './command-rates.ts'

const personOf = (userId: string): Identity => ({
  kind: 'user',
  userId,
  name: userId,
  workspaces: [{ id: 'w', role: 'owner' }],
  expiresAt: null,
})

/** How many of so many tries are let through, and what the last refusal says. */
async function letThrough(rates: CommandRates, userId: string, tries: number) {
  let passed = 0
  let refusal: AppError | null = null
  for (let index = 0; index < tries; index += 1) {
    await rates.take(personOf(userId)).then(
      () => (passed += 1),
      (error: AppError) => (refusal = error),
    )
  }
  return { passed, refusal }
}

test('D09 counts a caller over all processes that share their counts, each caller apart', async () => {
  const counts = new RateCounts(null)
  const shared: SharedRateCounts = { increment: (key, windowMs) => counts.increment(key, windowMs) }
  const open = () => new CommandRates({ perMinuteMax: 600, counts: new RateCounts(shared) })
  const processes = Array.from({ length: 40 }, open)
  let passed = 0
  for (const rates of processes) passed += (await letThrough(rates, 'ada', 18)).passed
  // Each process alone would let 18 of a burst through, together 720.
  expect(passed).toBe(600)
  const { refusal } = await letThrough(open(), 'ada', 1)
  expect(refusal).toMatchObject({ code: 'RATE_LIMITED' })
  expect((await letThrough(open(), 'grace', 1)).passed).toBe(1)
})

test('D09 goes by its own count when the shared one cannot be had', async () => {
  const shared: SharedRateCounts = { increment: () => Promise.reject(new Error('away')) }
  const { passed } = await letThrough(new CommandRates({ perMinuteMax: 60, counts: new RateCounts(shared) }), 'ada', 10)
  expect(passed).toBe(2)
})

test('lets one through however low the limit is', async () => {
  const { passed } = await letThrough(new CommandRates({ perMinuteMax: 5, counts: new RateCounts(null) }), 'ada', 3)
  expect(passed).toBe(1)
})
