import rateLimit, { type FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hashToken } from '../auth/token-hash.ts'
import { addressGroup } from '../policies/address-group.ts'
import { identityKey } from '../policies/caller.ts'
import type { RateCounts } from './rate-counts.ts'

const windowMs = 60_000
/** Tries for all e-mail addresses together, in multiples of the tries for one: a guesser of many accounts meets this. */
const addressFactor = 5
/**
 * Tries for one e-mail address from everywhere together: a guesser with many addresses meets this. Wide, for its
 * owner cannot sign in either while it is used up.
 */
const accountFactor = 10
/** Links that open something, from one address: a hall of people behind it that all open theirs in one minute. */
const openedFactor = 60
/** What says that a token opens nothing. Other failures tell a guesser nothing, and are no fault of who has a link. */
const guessCodes: readonly (ErrorCode | null)[] = ['PROMPT_LINK_NOT_FOUND', 'SHARE_LINK_NOT_FOUND']

export interface SignInLimit {
  /** Counts a try. Throws AppError RATE_LIMITED. */
  count(request: FastifyRequest): Promise<void>
  /**
   * Opens a link: a token that opens nothing counts as a try of its address; whatever else becomes of it counts only
   * against a wide bound. Throws what `open` throws, and AppError RATE_LIMITED.
   */
  countFailed<Opened>(request: FastifyRequest, open: () => Promise<Opened>): Promise<Opened>
}

/** A generous bound for every address, and a strict one for signing in and for links, by address and by what is tried. */
export async function limitRates(
  app: FastifyInstance,
  { requestsPerMinuteMax, signInsPerMinuteMax }: { requestsPerMinuteMax: number; signInsPerMinuteMax: number },
  counts: RateCounts,
): Promise<SignInLimit> {
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

  const take = async (key: string, max: number) => {
    const { current, ttl } = await counts.increment(`sign-in:${key}`, windowMs)
    if (current > max) throw new AppError('RATE_LIMITED', { retryAfterMs: ttl })
  }
  return {
    async count(request) {
      const address = addressGroup(request.ip)
      await take(`${address}:${triedOf(request)}`, signInsPerMinuteMax)
      await take(address, signInsPerMinuteMax * addressFactor)
      const email = emailOf(request)
      if (email !== null) await take(`of:${email}`, signInsPerMinuteMax * accountFactor)
    },
    async countFailed({ ip }, open) {
      const address = addressGroup(ip)
      await take(`opened:${address}`, signInsPerMinuteMax * openedFactor)
      try {
        return await open()
      } catch (error) {
        if (guessCodes.includes(errorCodeOf(error))) await take(address, signInsPerMinuteMax * addressFactor)
        throw error
      }
    },
  }
}

/**
 * The same bound for every person and every API key, from whichever addresses they come; call behind authentication.
 * Guests of a share link are strangers to each other, so only their addresses count.
 */
export function limitCallers(
  app: FastifyInstance,
  { requestsPerMinuteMax }: { requestsPerMinuteMax: number },
  counts: RateCounts,
): void {
  app.addHook('onRequest', async ({ identity }) => {
    if (identity === null || identity.kind === 'share') return
    const { current, ttl } = await counts.increment(`caller:${identityKey(identity)}`, windowMs)
    if (current > requestsPerMinuteMax) throw new AppError('RATE_LIMITED', { retryAfterMs: ttl })
  })
}

/** The e-mail address, or the link's token as it would be stored: keys of the limits are no place for secrets. */
function triedOf(request: FastifyRequest): string {
  const { body } = request
  if (typeof body === 'object' && body !== null && 'token' in body) return hashToken(String(body.token))
  return emailOf(request) ?? ''
}

function emailOf({ body }: FastifyRequest): string | null {
  return typeof body === 'object' && body !== null && 'email' in body ? String(body.email) : null
}
