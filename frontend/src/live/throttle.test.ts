import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { throttle } from './throttle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('throttle', () => {
  it('works at once, and once more at the end of the span for all calls in between', () => {
    const work = vi.fn()
    const { call } = throttle(work, 1000)
    call()
    call()
    call()
    expect(work).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(work).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(5000)
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('drops a pending call when it is cancelled', () => {
    const work = vi.fn()
    const { call, cancel } = throttle(work, 1000)
    call()
    call()
    cancel()
    vi.advanceTimersByTime(5000)
    expect(work).toHaveBeenCalledTimes(1)
  })
})
