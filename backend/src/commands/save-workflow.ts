import type { UpdateWorkflow } from '@millrace/shared/api/workflows'
import { AppError } from '@millrace/shared/errors/app-error'
import { type WorkflowDefinition, workflowLimits } from '@millrace/shared/graph/workflow-definition'
import type { z } from 'zod'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import {
  advanceWorkflow,
  findWorkflow,
  insertVersion,
  insertWorkflow,
  type WorkflowWithDefinition,
} from '../repositories/workflows.ts'

type Author = { workspaceId: string; userId: string }

/** `id`: chosen by the caller where the same request may come again. A draft with problems can be saved. */
export async function createWorkflow(
  database: Database,
  { workspaceId, userId }: Author,
  {
    id = newId(),
    name,
    description = '',
    definition,
    templateId = null,
    createdAt = Date.now(),
  }: {
    id?: string
    name: string
    description?: string | undefined
    definition: WorkflowDefinition
    templateId?: string | null
    createdAt?: number | undefined
  },
): Promise<WorkflowWithDefinition> {
  requireSize(definition)
  const row = {
    id,
    workspaceId,
    name,
    description,
    templateId,
    version: 1,
    createdBy: userId,
    createdAt,
    updatedAt: createdAt,
  }
  await database.transaction(async (tx) => {
    await insertWorkflow(tx, row)
    await insertVersion(tx, { workflowId: id, version: 1, name, definition, createdBy: userId, createdAt })
  })
  return { ...row, deletedAt: null, definition }
}

/**
 * Stores a change as a new version; the ones before stay as they are, for runs name them.
 * Throws AppError WORKFLOW_NOT_FOUND, VERSION_CONFLICT (details hold the newest version).
 */
export async function updateWorkflow(
  database: Database,
  { workspaceId, userId }: Author,
  id: string,
  change: z.output<typeof UpdateWorkflow>,
): Promise<WorkflowWithDefinition> {
  if (change.definition !== undefined) requireSize(change.definition)
  const current = await findWorkflow(database.orm, workspaceId, id)
  if (current === null) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId: id })
  const now = Date.now()
  const next = {
    name: change.name ?? current.name,
    description: change.description ?? current.description,
    definition: change.definition ?? current.definition,
  }
  const isSaved = await database.transaction(async (tx) => {
    const { name, description, definition } = next
    const address = { workspaceId, id, fromVersion: change.version }
    if (!(await advanceWorkflow(tx, address, { name, description, updatedAt: now }))) return false
    const version = change.version + 1
    await insertVersion(tx, { workflowId: id, version, name, definition, createdBy: userId, createdAt: now })
    return true
  })
  if (!isSaved) throw await conflict(database, workspaceId, id)
  return { ...current, ...next, version: change.version + 1, updatedAt: now }
}

async function conflict(database: Database, workspaceId: string, id: string): Promise<AppError> {
  const newest = await findWorkflow(database.orm, workspaceId, id)
  if (newest === null) return new AppError('WORKFLOW_NOT_FOUND', { workflowId: id })
  return new AppError('VERSION_CONFLICT', { version: newest.version, updatedAt: newest.updatedAt })
}

function requireSize(definition: WorkflowDefinition): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition))
  const bytesMax = workflowLimits.definitionBytesMax
  if (bytes > bytesMax) throw new AppError('PAYLOAD_TOO_LARGE', { bytes, bytesMax })
}
