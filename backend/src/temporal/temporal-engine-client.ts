import { answerPrompt } from '@millrace/temporal/client/answer-prompt'
import { cancelExecution } from '@millrace/temporal/client/cancel-execution'
import { startExecution } from '@millrace/temporal/client/start-execution'
import type { Client } from '@temporalio/client'
import type { EngineClient } from '../commands/engine-client.ts'

/** The commands' view of running workflows, over Temporal. */
export function createTemporalEngineClient(client: Client): EngineClient {
  return {
    async start(request) {
      await startExecution(client, request)
    },
    answer: (request) => answerPrompt(client, request),
    cancel: (executionId, request) => cancelExecution(client, executionId, request),
  }
}
