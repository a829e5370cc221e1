import type { FastifyJWTOptions, JWT } from '@fastify/jwt'
import { AppError } from '@millrace/shared/errors/app-error'

/** Short, for an access token cannot be taken back faster than its session is looked up. */
export const accessTokenLifetimeSeconds = 15 * 60

const issuer = 'millrace'
const audience = 'millrace-api'
const algorithm = 'HS256'

/** What a token says of its bearer; rights are looked up, never carried. */
export interface AccessClaims {
  userId: string
  /** The sign-in it came from: the family of refresh tokens. */
  sessionId: string
  /** Epoch milliseconds. */
  expiresAt: number
}

export interface AccessTokens {
  issue(claims: { userId: string; sessionId: string }): string
  /** Throws AppError TOKEN_EXPIRED or INVALID_TOKEN. */
  verify(token: string): AccessClaims
}

/** Algorithm, issuer and audience are pinned on both sides: a token cannot choose how it is checked. */
export function accessTokenOptions(key: Buffer): FastifyJWTOptions {
  return {
    secret: key,
    sign: { algorithm, iss: issuer, aud: audience, expiresIn: `${accessTokenLifetimeSeconds}s` },
    verify: {
      algorithms: [algorithm],
      allowedIss: issuer,
      allowedAud: audience,
      requiredClaims: ['sub', 'sid', 'exp'],
    },
  }
}

/** `jwt`: as set up with `accessTokenOptions`. */
export function createAccessTokens(jwt: JWT): AccessTokens {
  return {
    issue: ({ userId, sessionId }) => jwt.sign({ sub: userId, sid: sessionId }),
    verify(token) {
      try {
        const { sub, sid, exp } = jwt.verify<{ sub: string; sid: string; exp: number }>(token)
        return { userId: sub, sessionId: sid, expiresAt: exp * 1000 }
      } catch (cause) {
        throw tokenErrorOf(cause)
      }
    },
  }
}

/** Why a token was refused, in words of the catalogue. */
export function tokenErrorOf(cause: unknown): AppError {
  const isExpired = cause instanceof Error && 'code' in cause && cause.code === 'FAST_JWT_EXPIRED'
  return new AppError(isExpired ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN', undefined, { cause })
}
