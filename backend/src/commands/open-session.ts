import type { Authenticated } from '@millrace/shared/api/auth'
import { type AccessTokens, accessTokenLifetimeSeconds } from '../auth/access-tokens.ts'
import { createToken, hashToken } from '../auth/token-hash.ts'
import type { Tx } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import { insertRefreshToken } from '../repositories/refresh-tokens.ts'
import { extendSignIn, insertSignIn } from '../repositories/sign-ins.ts'

/** A browser that stays away for longer signs in again. */
export const refreshTokenLifetimeMs = 30 * 24 * 60 * 60 * 1000

/** What a sign-in gives: the answer, and the token that travels in the cookie only. */
export interface OpenedSession {
  answer: Authenticated
  refreshToken: string
}

/**
 * Issues a pair of tokens. `continued`: the sign-in that is carried on, which the caller holds; without it a new one
 * begins. Call in a transaction.
 */
export async function openSession(
  tx: Tx,
  accessTokens: AccessTokens,
  user: { id: string; email: string; name: string },
  continued?: string,
): Promise<OpenedSession> {
  const now = Date.now()
  const expiresAt = now + refreshTokenLifetimeMs
  const familyId = continued ?? newId()
  const refreshToken = createToken('')
  if (continued === undefined) await insertSignIn(tx, { id: familyId, userId: user.id, createdAt: now, expiresAt })
  else await extendSignIn(tx, familyId, expiresAt)
  await insertRefreshToken(tx, {
    id: newId(),
    familyId,
    tokenHash: hashToken(refreshToken),
    createdAt: now,
    expiresAt,
  })
  return {
    refreshToken,
    answer: {
      accessToken: accessTokens.issue({ userId: user.id, sessionId: familyId }),
      expiresIn: accessTokenLifetimeSeconds,
      user: { id: user.id, email: user.email, name: user.name },
    },
  }
}
