import { type ExecutionStatus, isFinished } from '@millrace/shared/engine/execution-view'
import { AppError } from '@millrace/shared/errors/app-error'
import { type Caller, shownNameOf } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { findExecution } from '../repositories/executions.ts'
import { newId } from '../repositories/new-id.ts'
import type { EngineClient } from './engine-client.ts'
import { reachRun } from './reach-run.ts'

export interface PauseExecutionRequest {
  executionId: string
  wish: 'pause' | 'resume'
  reason?: string | undefined
  /** Of the idempotency key; null: every request is one of its own. */
  seed: string | null
}

/**
 * Holds a run, or lets it go on, and says how it stands then; one that is so already is left as it is. The run
 * decides, not the row. Throws AppError EXECUTION_NOT_FOUND, EXECUTION_FINISHED, LIMIT_REACHED, TEMPORAL_UNAVAILABLE.
 */
export async function pauseExecution(
  services: { database: Database; engine: EngineClient },
  caller: Caller,
  { executionId, wish, reason, seed }: PauseExecutionRequest,
): Promise<{ executionId: string; status: ExecutionStatus }> {
  const row = await findExecution(services.database.orm, caller.workspaceId, executionId)
  if (row === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
  if (isFinished(row.status)) throw new AppError('EXECUTION_FINISHED', { executionId, status: row.status })
  const request = {
    executionId,
    by: { userId: caller.userId, name: shownNameOf(caller) },
    idempotencyKey: seed ?? newId(),
    ...(reason === undefined ? {} : { reason }),
  }
  const status = await reachRun(services, row, () => services.engine[wish](request))
  return { executionId, status }
}
