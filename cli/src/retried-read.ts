import { CliError } from './cli-error.ts'

/** Between two tries, in milliseconds: twice as long each time, up to the most. */
const firstRetryMs = 1000
const retryMsMax = 30_000

export interface RetriedRead {
  /** Reads as soon as may be. While a read is under way: once more after it, for that one may be of before. */
  ask(): void
  stop(): void
}

/**
 * Reads until it succeeds: what passes is tried again, however often, as a socket tries to connect.
 * @param fail is told what would not get better by trying
 */
export function createRetriedRead(read: () => Promise<void>, fail: (error: unknown) => void): RetriedRead {
  let isReading = false
  let isAskedAgain = false
  let hasStopped = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const attempt = async () => {
    isReading = true
    isAskedAgain = false
    let retryAfterMs: number | null = null
    try {
      await read()
      failures = 0
    } catch (error) {
      if (!(error instanceof CliError && error.isPassing)) {
        fail(error)
        return
      }
      retryAfterMs = Math.min(retryMsMax, firstRetryMs * 2 ** failures)
      failures += 1
    } finally {
      isReading = false
    }
    if (hasStopped) return
    if (isAskedAgain) void attempt()
    else if (retryAfterMs !== null) timer = setTimeout(() => void attempt(), retryAfterMs)
  }

  return {
    ask() {
      if (hasStopped) return
      isAskedAgain = true
      clearTimeout(timer)
      if (!isReading) void attempt()
    },
    stop() {
      hasStopped = true
      clearTimeout(timer)
    },
  }
}
