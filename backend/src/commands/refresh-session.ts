import { AppError } from '@millrace/shared/errors/app-error'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { hashToken } from '../auth/token-hash.ts'
import type { Database, Tx } from '../repositories/database.ts'
import {
  findRefreshToken,
  type RefreshTokenRow,
  revokeFamily,
  takeRefreshToken,
} from '../repositories/refresh-tokens.ts'
import { findUser } from '../repositories/users.ts'
import { type OpenedSession, openSession } from './open-session.ts'

/** Two tabs that wake together send the same token; later than this a used one was copied. */
const reuseGraceMs = 10_000

/**
 * Exchanges a refresh token for a new pair. A token that was used before ends the whole sign-in, for
 * one of its two holders is a thief and nobody knows which. Throws AppError INVALID_TOKEN.
 */
export async function refreshSession(
  { database, accessTokens }: { database: Database; accessTokens: AccessTokens },
  refreshToken: string,
): Promise<OpenedSession> {
  const now = Date.now()
  const tokenHash = hashToken(refreshToken)
  // The verdict is returned, not thrown: an exception would roll the revocation back.
  const session = await database.transaction(async (tx) => {
    const token = (await takeRefreshToken(tx, tokenHash, now)) ?? (await judgeUsedToken(tx, tokenHash, now))
    if (token === null) return null
    const user = await findUser(tx, token.userId)
    return user === null ? null : openSession(tx, accessTokens, user, token.familyId)
  })
  if (session === null) throw new AppError('INVALID_TOKEN')
  return session
}

/** The token, when its second use is the race of two tabs; else null, and its family is over. */
async function judgeUsedToken(tx: Tx, tokenHash: string, now: number): Promise<RefreshTokenRow | null> {
  const token = await findRefreshToken(tx, tokenHash)
  if (token === null || token.revokedAt !== null || token.usedAt === null) return null
  if (now - token.usedAt <= reuseGraceMs) return token
  await revokeFamily(tx, token.familyId, now)
  return null
}

/** Ends the sign-in that the token belongs to, everywhere. A token that nobody knows is no error: the aim is reached. */
export async function endSession({ database }: { database: Database }, refreshToken: string): Promise<void> {
  const token = await findRefreshToken(database.orm, hashToken(refreshToken))
  if (token !== null) await revokeFamily(database.orm, token.familyId, Date.now())
}
