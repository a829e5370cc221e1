import { answerPrompt } from '@millrace/temporal/client/answer-prompt'
import { cancelExecution } from '@millrace/temporal/client/cancel-execution'
import { pauseExecution, resumeExecution } from '@millrace/temporal/client/pause-execution'
import { startExecution } from '@millrace/temporal/client/start-execution'
import type { Client } from '@temporalio/client'
import type { EngineClient } from '../commands/engine-client.ts'

/** The commands' port, over Temporal. */
export function createEngineClient(client: Client): EngineClient {
  return {
    async start(execution) {
      await startExecution(client, execution)
    },
    async answer(request) {
      const { response, answeredBy, answeredAt } = await answerPrompt(client, request)
      return { response, answeredBy, answeredAt }
    },
    cancel: (executionId, request) => cancelExecution(client, executionId, request),
    pause: (request) => pauseExecution(client, request),
    resume: (request) => resumeExecution(client, request),
  }
}
