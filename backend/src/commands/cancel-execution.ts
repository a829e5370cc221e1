import { isFinished } from '@millrace/shared/engine/execution-view'
import { AppError } from '@millrace/shared/errors/app-error'
import type { Caller } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { type ExecutionRow, findExecution } from '../repositories/executions.ts'
import type { EngineClient } from './engine-client.ts'
import { reachRun } from './reach-run.ts'

const defaultReason = 'Stopped by a person.'

/**
 * Asks a run to stop; it says itself, by its events, when it has. Throws AppError EXECUTION_NOT_FOUND,
 * EXECUTION_FINISHED, TEMPORAL_UNAVAILABLE.
 */
export async function cancelExecution(
  services: { database: Database; engine: EngineClient },
  caller: Caller,
  { executionId, reason = defaultReason }: { executionId: string; reason?: string | undefined },
): Promise<ExecutionRow> {
  const row = await findExecution(services.database.orm, caller.workspaceId, executionId)
  if (row === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
  if (isFinished(row.status)) throw new AppError('EXECUTION_FINISHED', { executionId, status: row.status })
  const request = { reason, by: caller.userId }
  await reachRun(services, row, () => services.engine.cancel(executionId, request))
  return row
}
