import { and, desc, eq } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { credentials } from './schema/identity.ts'

export type CredentialRow = typeof credentials.$inferSelect

export async function insertCredential(tx: Tx, row: CredentialRow): Promise<void> {
  await tx.insert(credentials).values(row)
}

/** Newest first. */
export async function listCredentials(tx: Tx, workspaceId: string, limit: number): Promise<CredentialRow[]> {
  return tx
    .select()
    .from(credentials)
    .where(eq(credentials.workspaceId, workspaceId))
    .orderBy(desc(credentials.createdAt), desc(credentials.id))
    .limit(limit)
}

/** Null: there is none, or it belongs to another workspace. */
export async function findCredential(tx: Tx, workspaceId: string, id: string): Promise<CredentialRow | null> {
  const [row] = await tx
    .select()
    .from(credentials)
    .where(and(eq(credentials.workspaceId, workspaceId), eq(credentials.id, id)))
  return row ?? null
}

/** False: there was none. */
export async function deleteCredential(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(credentials)
    .where(and(eq(credentials.workspaceId, workspaceId), eq(credentials.id, id)))
    .returning({ id: credentials.id })
  return rows.length > 0
}

/** Of all providers unless one is named. */
export function countCredentials(tx: Tx, workspaceId: string, provider?: string): Promise<number> {
  const ofProvider = provider === undefined ? undefined : eq(credentials.provider, provider)
  return tx.$count(credentials, and(eq(credentials.workspaceId, workspaceId), ofProvider))
}

/** Those that the workspace has a credential for. */
export async function listProviders(tx: Tx, workspaceId: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectDistinct({ provider: credentials.provider })
    .from(credentials)
    .where(eq(credentials.workspaceId, workspaceId))
  return new Set(rows.map(({ provider }) => provider))
}
