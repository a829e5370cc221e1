import { AppError } from '@millrace/shared/errors/app-error'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { checkPassword } from '../auth/password-hash.ts'
import type { Database } from '../repositories/database.ts'
import { findUserByEmail } from '../repositories/users.ts'
import { type OpenedSession, openSession } from './open-session.ts'

/** Throws AppError INVALID_CREDENTIALS, which tells neither by words nor by time whether the address has an account. */
export async function signIn(
  { database, accessTokens }: { database: Database; accessTokens: AccessTokens },
  { email, password }: { email: string; password: string },
): Promise<OpenedSession> {
  const user = await findUserByEmail(database.orm, email)
  const isRight = await checkPassword(password, user?.passwordHash ?? null)
  if (user === null || !isRight) throw new AppError('INVALID_CREDENTIALS')
  return database.transaction((tx) => openSession(tx, accessTokens, user))
}
