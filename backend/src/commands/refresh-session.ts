import { AppError } from '@millrace/shared/errors/app-error'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { hashToken } from '../auth/token-hash.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
import type { Database, Tx } from '../repositories/database.ts'
import { findRefreshToken, takeRefreshToken } from '../repositories/refresh-tokens.ts'
import { endSignIn, lockSignIn, type SignInRow } from '../repositories/sign-ins.ts'
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
    const { signIn, endedId } = await useToken(tx, tokenHash, now)
    if (signIn === null) return { session: null, endedId }
    const user = await findUser(tx, signIn.userId)
    const session = user === null ? null : await openSession(tx, accessTokens, user, signIn.id)
    return { session, endedId: null }
  })
  if (used.endedId !== null) live.revoke(used.endedId)
  if (used.session === null) throw new AppError('INVALID_TOKEN')
  return used.session
}

interface UsedToken {
  /** The sign-in that it carries on; null: it is worth nothing. */
  signIn: SignInRow | null
  /** Set: it came too late for the race of two tabs, and its sign-in is over. */
  endedId: string | null
}

/** Holds the sign-in from before the token is read, so that whoever ends it at this moment ends this token too. */
async function useToken(tx: Tx, tokenHash: string, now: number): Promise<UsedToken> {
  const worthless = { signIn: null, endedId: null }
  const known = await findRefreshToken(tx, tokenHash)
  const signIn = known === null ? null : await lockSignIn(tx, known.familyId)
  if (signIn === null) return worthless
  if ((await takeRefreshToken(tx, tokenHash, now)) !== null) return { signIn, endedId: null }
  const token = await findRefreshToken(tx, tokenHash)
  if (token?.usedAt == null) return worthless
  if (now - token.usedAt <= reuseGraceMs) return { signIn, endedId: null }
  await end(tx, signIn.id, now)
  return { signIn: null, endedId: signIn.id }
}

/** Ends the sign-in that the token belongs to, everywhere. A token that nobody knows is no error: the aim is reached. */
export async function endSession(
  { database, live }: { database: Database; live: LiveAuthority },
  refreshToken: string,
): Promise<void> {
  const token = await findRefreshToken(database.orm, hashToken(refreshToken))
  if (token === null) return
  await database.transaction((tx) => end(tx, token.familyId, Date.now()))
  live.revoke(token.familyId)
}

async function end(tx: Tx, signInId: string, now: number): Promise<void> {
  await endSignIn(tx, signInId, now)
  await insertAuthorityChanges(tx, 'credential', [signInId])
}
