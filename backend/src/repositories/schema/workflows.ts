import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { epochMs } from './columns.ts'
import { workspaces } from './identity.ts'

export const workflows = pgTable(
  'workflows',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    description: text().notNull().default(''),
    /** Template it was made from, if any. */
    templateId: text(),
    /** Of the newest version; rises by one with every save. */
    version: integer().notNull(),
    createdBy: text().notNull(),
    createdAt: epochMs().notNull(),
    updatedAt: epochMs().notNull(),
    deletedAt: epochMs(),
  },
  (table) => [index('workflows_workspace').on(table.workspaceId, table.updatedAt)],
)

/** Immutable once run: an execution names the version it took. */
export const workflowVersions = pgTable(
  'workflow_versions',
  {
    workflowId: text()
      .notNull()
      .references(() => workflows.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    name: text().notNull(),
    definition: jsonb().$type<WorkflowDefinition>().notNull(),
    createdBy: text().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflowId, table.version] })],
)
