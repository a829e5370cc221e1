import { AppError } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import fastify, { type FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { RateCounts } from './rate-counts.ts'
import { limitRates } from './rate-limits.ts'

test.each(['PROMPT_LINK_NOT_FOUND', 'SHARE_LINK_NOT_FOUND'] as const)(
  'counts tokens that open nothing (%s), and no failure of ours',
  async (wrong) => {
    const app = fastify()
    const limit = await limitRates(app, { requestsPerMinuteMax: 100, signInsPerMinuteMax: 1 }, new RateCounts(null))
    const request = { ip: '192.0.2.1' } as FastifyRequest
    const codesOf = async (code: ErrorCode, tries: number) => {
      const codes: ErrorCode[] = []
      for (let count = 0; count < tries; count += 1) {
        const fail = async () => {
          throw new AppError(code)
        }
        await limit.countFailed(request, fail).catch((error: AppError) => codes.push(error.code))
      }
      return codes
    }
    const failures = ['DATABASE_UNAVAILABLE', 'INTERNAL'] as const
    for (const code of failures) expect(await codesOf(code, 10)).toEqual(Array(10).fill(code))
    expect(await codesOf(wrong, 6)).toEqual([...Array(5).fill(wrong), 'RATE_LIMITED'])
    await app.close()
  },
)
