import type { Authenticated } from '@millrace/shared/api/auth'
import { type AccessTokens, accessTokenLifetimeSeconds } from '../auth/access-tokens.ts'
import { createToken, hashToken } from '../auth/token-hash.ts'
import type { Tx } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import { insertRefreshToken } from '../repositories/refresh-tokens.ts'

/** A browser that stays away for longer signs in again. */
export const refreshTokenLifetimeMs = 30 * 24 * 60 * 60 * 1000

/** What a sign-in gives: the answer, and the token that travels in the cookie only. */
export interface OpenedSession {
  answer: Authenticated
  refreshToken: string
}

/** Issues a pair of tokens. `familyId`: the sign-in that is carried on; without it a new one begins. */
export async function openSession(
  tx: Tx,
  accessTokens: AccessTokens,
  user: { id: string; email: string; name: string },
  familyId = newId(),
): Promise<OpenedSession> {
  const now = Date.now()
  const refreshToken = createToken('')
  await insertRefreshToken(tx, {
    id: newId(),
    familyId,
    userId: user.id,
    tokenHash: hashToken(refreshToken),
    createdAt: now,
    expiresAt: now + refreshTokenLifetimeMs,
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
