import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CliError } from './cli-error.ts'
import { createRetriedRead } from './retried-read.ts'

describe('a read that is tried until it succeeds', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tries again what passes, later each time, and then rests', async () => {
    const away = new CliError('SERVER_AWAY', 'away')
    const proxy = new CliError('UNEXPECTED_ANSWER', '502', { isPassing: true })
    const read = vi.fn().mockRejectedValueOnce(away).mockRejectedValueOnce(proxy).mockResolvedValue(undefined)
    const fail = vi.fn()
    createRetriedRead(read, fail).ask()
    await vi.advanceTimersByTimeAsync(1000)
    expect(read).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1999)
    expect(read).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(read).toHaveBeenCalledTimes(3)
    expect(vi.getTimerCount()).toBe(0)
    expect(fail).not.toHaveBeenCalled()
  })

  it('tells at once what trying cannot help', async () => {
    const gone = new CliError('KNOWLEDGE_BASE_NOT_FOUND', 'gone')
    const fail = vi.fn()
    createRetriedRead(vi.fn().mockRejectedValue(gone), fail).ask()
    await vi.advanceTimersByTimeAsync(0)
    expect(fail).toHaveBeenCalledExactlyOnceWith(gone)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('asked during a read it reads once more after it; stopped it leaves nothing', async () => {
    const answer = Promise.withResolvers<void>()
    const read = vi.fn().mockReturnValueOnce(answer.promise).mockRejectedValue(new CliError('SERVER_AWAY', 'away'))
    const one = createRetriedRead(read, vi.fn())
    one.ask()
    one.ask()
    one.ask()
    expect(read).toHaveBeenCalledTimes(1)
    answer.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(read).toHaveBeenCalledTimes(2)
    one.stop()
    one.ask()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(read).toHaveBeenCalledTimes(2)
    expect(vi.getTimerCount()).toBe(0)
  })
})
