import { AppError } from '@millrace/shared/errors/app-error'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { hashToken } from '../auth/token-hash.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
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
  { database, accessTokens, live }: { database: Database; accessTokens: AccessTokens; live: LiveAuthority },
  refreshToken: string,
): Promise<OpenedSession> {
  const now = Date.now()
  const tokenHash = hashToken(refreshToken)
  // The verdict is returned, not thrown: an exception would roll the revocation back.
  const used = await database.transaction(async (tx) => {
    const { token, endedFamilyId } = await useToken(tx, tokenHash, now)
    if (token === null) return { session: null, endedFamilyId }
    const user = await findUser(tx, token.userId)
    const session = user === null ? null : await openSession(tx, accessTokens, user, token.familyId)
    return { session, endedFamilyId: null }
  })
  if (used.endedFamilyId !== null) live.revoke(used.endedFamilyId)
  if (used.session === null) throw new AppError('INVALID_TOKEN')
  return used.session
}

interface UsedToken {
  /** Null: it is worth nothing. */
  token: RefreshTokenRow | null
  /** Set: it came too late for the race of two tabs, and its sign-in is over. */
  endedFamilyId: string | null
}

async function useToken(tx: Tx, tokenHash: string, now: number): Promise<UsedToken> {
  const fresh = await takeRefreshToken(tx, tokenHash, now)
  if (fresh !== null) return { token: fresh, endedFamilyId: null }
  const token = await findRefreshToken(tx, tokenHash)
  if (token === null || token.revokedAt !== null || token.usedAt === null) return { token: null, endedFamilyId: null }
  if (now - token.usedAt <= reuseGraceMs) return { token, endedFamilyId: null }
  await endFamily(tx, token.familyId, now)
  return { token: null, endedFamilyId: token.familyId }
}

/** Ends the sign-in that the token belongs to, everywhere. A token that nobody knows is no error: the aim is reached. */
export async function endSession(
  { database, live }: { database: Database; live: LiveAuthority },
  refreshToken: string,
): Promise<void> {
  const token = await findRefreshToken(database.orm, hashToken(refreshToken))
  if (token === null) return
  await database.transaction((tx) => endFamily(tx, token.familyId, Date.now()))
  live.revoke(token.familyId)
}

async function endFamily(tx: Tx, familyId: string, now: number): Promise<void> {
  await revokeFamily(tx, familyId, now)
  await insertAuthorityChanges(tx, 'credential', [familyId])
}
