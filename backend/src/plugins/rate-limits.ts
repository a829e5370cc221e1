import rateLimit from '@fastify/rate-limit'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const windowMs = 60_000
/** Callers remembered at the same time; the least recent one is forgotten first. */
const callersMax = 10_000
/** Tries for all e-mail addresses together, in multiples of the tries for one: a guesser of many accounts meets this. */
const addressFactor = 5

export interface SignInLimit {
  /** Counts a try. Throws AppError RATE_LIMITED. */
  count(request: FastifyRequest): Promise<void>
}

/** A generous bound for every address, and a strict one for signing in, by address and e-mail address. */
export async function limitRates(
  app: FastifyInstance,
  { requestsPerMinuteMax, signInsPerMinuteMax }: { requestsPerMinuteMax: number; signInsPerMinuteMax: number },
): Promise<SignInLimit> {
  await app.register(rateLimit, {
    global: false,
    max: requestsPerMinuteMax,
    timeWindow: windowMs,
    cache: callersMax,
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, { ttl }) => new AppError('RATE_LIMITED', { retryAfterMs: ttl }),
  })
  app.addHook('onRequest', app.rateLimit())

  const ofPair = app.createRateLimit({
    max: signInsPerMinuteMax,
    timeWindow: windowMs,
    keyGenerator: (request) => `sign-in:${request.ip}:${emailOf(request)}`,
  })
  const ofAddress = app.createRateLimit({
    max: signInsPerMinuteMax * addressFactor,
    timeWindow: windowMs,
    keyGenerator: (request) => `sign-in:${request.ip}`,
  })
  return {
    async count(request) {
      for (const limit of [await ofPair(request), await ofAddress(request)]) {
        if (!limit.isAllowed && limit.isExceeded) throw new AppError('RATE_LIMITED', { retryAfterMs: limit.ttl })
      }
    },
  }
}

function emailOf({ body }: FastifyRequest): string {
  return typeof body === 'object' && body !== null && 'email' in body ? String(body.email) : ''
}
