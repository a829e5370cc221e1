import type { Client } from '@temporalio/client'
import { temporalWorkflowId } from '../task-queues.ts'
import { type ExecutionJournal, handlerNames } from '../workflow-contract.ts'
import { callTemporal } from './temporal-call.ts'

/** What is true of a run by its committed history, ended ones included. Needs a worker. Throws what the query throws. */
export function queryJournal(client: Client, executionId: string): Promise<ExecutionJournal> {
  return callTemporal(client, () =>
    client.workflow.getHandle(temporalWorkflowId(executionId)).query<ExecutionJournal>(handlerNames.state),
  )
}
