import { describe, expect, it } from 'vitest'
import { attemptsMax, retryDelayMs } from './retry-delay.ts'

const hourMs = 60 * 60_000
const attempts = Array.from({ length: attemptsMax - 1 }, (_, index) => index + 1)

describe('the wait after a failed attempt', () => {
  it('doubles its bound up to two hours, and is spread over all of it', () => {
    expect(
      attempts.map((attempt) => retryDelayMs(attempt, () => 0.999_999)).map((delayMs) => Math.round(delayMs / 1000)),
    ).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 7200])
    expect(retryDelayMs(5, () => 0.5)).toBe(80_000)
    expect(retryDelayMs(5, () => 0)).toBe(500)
  })

  it('adds up to five hours at most', () => {
    const total = attempts.reduce((sum, attempt) => sum + retryDelayMs(attempt, () => 1), 0)
    expect(total).toBeGreaterThan(4 * hourMs)
    expect(total).toBeLessThan(5 * hourMs)
  })
})
