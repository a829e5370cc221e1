import rateLimit, { type FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hashToken } from '../auth/token-hash.ts'
import { RateCounts, type SharedRateCounts } from './rate-counts.ts'

const windowMs = 60_000
/** Tries for all e-mail addresses together, in multiples of the tries for one: a guesser of many accounts meets this. */
const addressFactor = 5

export interface SignInLimit {
  /** Counts a try. Throws AppError RATE_LIMITED. */
  count(request: FastifyRequest): Promise<void>
}

/** A generous bound for every address, and a strict one for signing in and for links, by address and by what is tried. */
export async function limitRates(
  app: FastifyInstance,
  { requestsPerMinuteMax, signInsPerMinuteMax }: { requestsPerMinuteMax: number; signInsPerMinuteMax: number },
  shared: SharedRateCounts | null,
): Promise<SignInLimit> {
  const counts = new RateCounts(shared)
  await app.register(rateLimit, {
    global: false,
    max: requestsPerMinuteMax,
    timeWindow: windowMs,
    // The plugin makes its store itself; a constructor that answers an object makes that one.
    store: function Store() {
      return counts
    } as unknown as FastifyRateLimitStoreCtor,
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, { ttl }) => new AppError('RATE_LIMITED', { retryAfterMs: ttl }),
  })
  app.addHook('onRequest', app.rateLimit())

  const ofPair = app.createRateLimit({
    max: signInsPerMinuteMax,
    timeWindow: windowMs,
    keyGenerator: (request) => `sign-in:${request.ip}:${triedOf(request)}`,
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

/** The e-mail address, or the link's token as it would be stored: keys of the limits are no place for secrets. */
function triedOf({ body }: FastifyRequest): string {
  if (typeof body !== 'object' || body === null) return ''
  if ('token' in body) return hashToken(String(body.token))
  return 'email' in body ? String(body.email) : ''
}
