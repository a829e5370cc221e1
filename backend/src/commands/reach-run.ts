import { errorCodeOf } from '@millrace/shared/errors/app-error'
import type { Database } from '../repositories/database.ts'
import { type ExecutionRow, loadStart } from '../repositories/executions.ts'
import type { EngineClient } from './engine-client.ts'

/**
 * Asks something of a run. One that is stored but was never started, for Temporal was away then, is started first:
 * only a run that lives can tell what became of it.
 */
export async function reachRun<Answer>(
  { database, engine }: { database: Database; engine: EngineClient },
  { id, status }: Pick<ExecutionRow, 'id' | 'status'>,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    const start = status === 'queued' ? await loadStart(database.orm, id) : null
    if (errorCodeOf(error) !== 'EXECUTION_FINISHED' || start === null) throw error
    await engine.start(start)
    return ask()
  }
}
