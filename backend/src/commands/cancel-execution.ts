import { isFinished } from '@millrace/shared/engine/execution-view'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { Caller } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { type ExecutionRow, findExecution, loadStart } from '../repositories/executions.ts'
import type { EngineClient } from './engine-client.ts'

const defaultReason = 'Stopped by a person.'

/**
 * Asks a run to stop; it says itself, by its events, when it has. Throws AppError EXECUTION_NOT_FOUND,
 * EXECUTION_FINISHED, TEMPORAL_UNAVAILABLE.
 */
export async function cancelExecution(
  { database, engine }: { database: Database; engine: EngineClient },
  caller: Caller,
  { executionId, reason = defaultReason }: { executionId: string; reason?: string | undefined },
): Promise<ExecutionRow> {
  const row = await findExecution(database.orm, caller.workspaceId, executionId)
  if (row === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
  if (isFinished(row.status)) throw new AppError('EXECUTION_FINISHED', { executionId, status: row.status })
  const request = { reason, by: caller.userId }
  try {
    await engine.cancel(executionId, request)
  } catch (error) {
    const start = row.status === 'queued' ? await loadStart(database.orm, executionId) : null
    if (errorCodeOf(error) !== 'EXECUTION_FINISHED' || start === null) throw error
    // Stored but never started, for Temporal was away then: only a run that lives can tell of its end.
    await engine.start(start)
    await engine.cancel(executionId, request)
  }
  return row
}
