import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytea, epochMs } from './columns.ts'
import { workspaces } from './identity.ts'

/** An address that is told of events of a workspace, or of one workflow in it. */
export const hooks = pgTable(
  'hooks',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** Null: all workflows of the workspace. */
    workflowId: text(),
    url: text().notNull(),
    eventTypes: jsonb().$type<string[]>().notNull(),
    /** Sealed like credentials; signs each delivery. */
    sealedSecret: bytea().notNull(),
    isActive: boolean().notNull().default(true),
    createdBy: text().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [index('hooks_workspace').on(table.workspaceId)],
)

/** One event for one hook, delivered at least once. The primary key makes finding it twice harmless. */
export const hookDeliveries = pgTable(
  'hook_deliveries',
  {
    hookId: text()
      .notNull()
      .references(() => hooks.id, { onDelete: 'cascade' }),
    /** Of the event in the workspace's topic. */
    seq: bigint({ mode: 'number' }).notNull(),
    workspaceId: text().notNull(),
    eventType: text().notNull(),
    executionId: text(),
    status: text({ enum: ['waiting', 'delivered', 'failed'] }).notNull(),
    attempts: integer().notNull().default(0),
    /** When the next attempt is due; null once it is over. */
    dueAt: epochMs(),
    responseStatus: integer(),
    error: text(),
    createdAt: epochMs().notNull(),
    finishedAt: epochMs(),
  },
  (table) => [
    primaryKey({ columns: [table.hookId, table.seq] }),
    index('hook_deliveries_due').on(table.status, table.dueAt),
    index('hook_deliveries_workspace').on(table.workspaceId, table.createdAt),
  ],
)

/** How far the events of a workspace have been looked through for hooks. */
export const hookCursors = pgTable('hook_cursors', {
  topic: text().primaryKey(),
  epoch: text().notNull(),
  seq: bigint({ mode: 'number' }).notNull(),
})
