import { eq } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { settings } from './schema/identity.ts'

/** Stores a fact of the installation once; false: it was there already, and stays as it was. */
export async function claimSetting(tx: Tx, key: string, value: unknown, now: number): Promise<boolean> {
  const rows = await tx
    .insert(settings)
    .values({ key, value, updatedAt: now })
    .onConflictDoNothing()
    .returning({ key: settings.key })
  return rows.length > 0
}

export async function findSetting(tx: Tx, key: string): Promise<unknown> {
  const [row] = await tx.select({ value: settings.value }).from(settings).where(eq(settings.key, key))
  return row?.value
}
