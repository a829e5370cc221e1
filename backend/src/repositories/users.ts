import { eq } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { users } from './schema/identity.ts'

export type UserRow = typeof users.$inferSelect

/** `email`: lower case. */
export async function findUserByEmail(tx: Tx, email: string): Promise<UserRow | null> {
  const [row] = await tx.select().from(users).where(eq(users.email, email))
  return row ?? null
}

export async function findUser(tx: Tx, id: string): Promise<UserRow | null> {
  const [row] = await tx.select().from(users).where(eq(users.id, id))
  return row ?? null
}

export async function hasOwner(tx: Tx): Promise<boolean> {
  const rows = await tx.select({ id: users.id }).from(users).where(eq(users.isOwner, true)).limit(1)
  return rows.length > 0
}

export async function insertUser(tx: Tx, row: UserRow): Promise<void> {
  await tx.insert(users).values(row)
}

/** False: the e-mail address has an account. */
export async function insertUserOnce(tx: Tx, row: UserRow): Promise<boolean> {
  const rows = await tx.insert(users).values(row).onConflictDoNothing().returning({ id: users.id })
  return rows.length > 0
}

/** Whoever counts the workspaces of a user holds the user's row, so that two requests cannot both take the last place. */
export async function lockUser(tx: Tx, id: string): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for('no key update')
}
