import { bigserial, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { epochMs } from './columns.ts'
import { users, workspaces } from './identity.ts'

/** A link that makes whoever opens it a member, once. */
export const invitations = pgTable(
  'invitations',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    role: text({ enum: ['owner', 'editor', 'operator', 'viewer'] }).notNull(),
    /** SHA-256 of the token. The token itself is shown once and never stored. */
    tokenHash: text().notNull(),
    createdBy: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: epochMs().notNull(),
    expiresAt: epochMs().notNull(),
    acceptedBy: text(),
    acceptedAt: epochMs(),
    revokedAt: epochMs(),
  },
  (table) => [
    uniqueIndex('invitations_hash').on(table.tokenHash),
    index('invitations_workspace').on(table.workspaceId, table.createdAt),
  ],
)

/** A link by which somebody without an account watches one execution. */
export const shareLinks = pgTable(
  'share_links',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    executionId: text().notNull(),
    /** SHA-256 of the token. */
    tokenHash: text().notNull(),
    createdBy: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: epochMs().notNull(),
    expiresAt: epochMs().notNull(),
    lastOpenedAt: epochMs(),
    revokedAt: epochMs(),
  },
  (table) => [
    uniqueIndex('share_links_hash').on(table.tokenHash),
    index('share_links_execution').on(table.executionId, table.createdAt),
  ],
)

/**
 * Rights that were taken or changed, for processes that hold connections in their name. Each process reads
 * what is newer than it has seen, so a lost message never leaves a connection open. Kept for an hour.
 */
export const authorityChanges = pgTable(
  'authority_changes',
  {
    /** In the order of insertion, with holes; transactions may commit out of order. */
    id: bigserial({ mode: 'number' }).primaryKey(),
    /** credential: `subject` is a sign-in, an API key or a share link that is gone; user: the memberships of `subject` changed. */
    kind: text({ enum: ['credential', 'user'] }).notNull(),
    subject: text().notNull(),
    changedAt: epochMs().notNull(),
  },
  (table) => [index('authority_changes_time').on(table.changedAt)],
)
