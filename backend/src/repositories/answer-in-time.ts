import { AppError } from '@millrace/shared/errors/app-error'

/**
 * What the database answers, if it does in time: a connection that died without a word is noticed by the kernel only
 * after a quarter of an hour, and whoever waits here holds others up. Throws AppError DATABASE_UNAVAILABLE.
 */
export async function answerInTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('DATABASE_UNAVAILABLE', { reason: 'no answer in time' })), timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
    // It may still fail, and nobody listens any more.
    answer.catch(() => undefined)
  }
}
