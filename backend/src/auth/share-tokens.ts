import type { JWT } from '@fastify/jwt'
import { tokenErrorOf } from './access-tokens.ts'

/** Longest life of what a share link gives, seconds; who stays longer opens the link again. */
export const shareTokenLifetimeSeconds = 15 * 60

/** Before the token itself: tells it from a user's at a glance, in front of any check. */
export const shareTokenPrefix = 'share.'

/** Its own audience: neither kind of token passes the other's check, whatever stands in front of it. */
const audience = 'millrace-share'

export interface ShareTokens {
  /** `linkExpiresAt`: epoch milliseconds. `expiresIn`: seconds. */
  issue(link: { linkId: string; linkExpiresAt: number }): { accessToken: string; expiresIn: number }
  /** Throws AppError TOKEN_EXPIRED or INVALID_TOKEN. `expiresAt`: epoch milliseconds. */
  verify(token: string): { linkId: string; expiresAt: number }
}

/** `jwt`: as set up with `accessTokenOptions`; algorithm, issuer and key are those of access tokens. */
export function createShareTokens(jwt: JWT): ShareTokens {
  return {
    issue({ linkId, linkExpiresAt }) {
      const leftSeconds = Math.floor((linkExpiresAt - Date.now()) / 1000)
      const expiresIn = Math.max(1, Math.min(shareTokenLifetimeSeconds, leftSeconds))
      const token = jwt.sign({ sub: linkId }, { aud: audience, expiresIn: `${expiresIn}s` })
      return { accessToken: `${shareTokenPrefix}${token}`, expiresIn }
    },
    verify(token) {
      try {
        const { sub, exp } = jwt.verify<{ sub: string; exp: number }>(token.slice(shareTokenPrefix.length), {
          allowedAud: audience,
          requiredClaims: ['sub', 'exp'],
        })
        return { linkId: sub, expiresAt: exp * 1000 }
      } catch (cause) {
        throw tokenErrorOf(cause)
      }
    },
  }
}
