import type { CreatedHook, CreateHook } from '@millrace/shared/api/hooks'
import { hookLimits } from '@millrace/shared/api/hooks'
import { AppError } from '@millrace/shared/errors/app-error'
import { workspaceTopic } from '../events/topic-name.ts'
import type { HookSecrets } from '../hooks/hook-secrets.ts'
import { requireHookAddress } from '../hooks/require-hook-address.ts'
import type { Database } from '../repositories/database.ts'
import { countHooks, type HookRow, insertHook, startCursorAtHead } from '../repositories/hooks.ts'
import { newId } from '../repositories/new-id.ts'
import { findWorkflow } from '../repositories/workflows.ts'

/**
 * Makes a hook for events from now on. The answer is the only place where its secret ever appears. Throws AppError
 * TOO_MANY_HOOKS, WORKFLOW_NOT_FOUND, HTTP_ADDRESS_REFUSED.
 */
export async function createHook(
  { database, secrets, allowPrivateAddresses }: HookParts,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  { url, eventTypes, workflowId }: CreateHook,
): Promise<CreatedHook> {
  requireHookAddress(url, allowPrivateAddresses)
  const id = newId()
  const { secret, sealed } = secrets.make(workspaceId, id)
  const row: HookRow = {
    id,
    workspaceId,
    workflowId: workflowId ?? null,
    url,
    eventTypes,
    sealedSecret: sealed,
    isActive: true,
    createdBy: userId,
    createdAt: Date.now(),
  }
  await database.transaction(async (tx) => {
    if ((await countHooks(tx, workspaceId)) >= hookLimits.perWorkspaceMax) {
      throw new AppError('TOO_MANY_HOOKS', { hooksMax: hookLimits.perWorkspaceMax })
    }
    if (workflowId !== undefined && (await findWorkflow(tx, workspaceId, workflowId)) === null) {
      throw new AppError('WORKFLOW_NOT_FOUND', { workflowId })
    }
    await startCursorAtHead(tx, workspaceId, workspaceTopic(workspaceId))
    await insertHook(tx, row)
  })
  await secrets.announce(secret, workspaceId)
  return { id, workflowId: row.workflowId, url, eventTypes, isActive: true, createdAt: row.createdAt, secret }
}

/** What hooks need beside the database. */
export interface HookParts {
  database: Database
  secrets: HookSecrets
  allowPrivateAddresses: boolean
}
