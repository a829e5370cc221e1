import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { answerPrompt } from '../commands/answer-prompt.ts'
import { hashRequest, runOnce } from '../commands/idempotent-request.ts'
import { callerKey } from '../policies/caller.ts'
import { findWorkspaceOfPrompt } from '../repositories/prompts.ts'
import { type MessageHandler, withId } from '../websocket/handlers/message-handler.ts'
import { callerOfMessage } from './caller-of-message.ts'
import type { LiveCommandDeps } from './live-command-deps.ts'

/** The same as `POST /api/prompts/{requestId}/response`. */
export function answerQuestion(deps: LiveCommandDeps): MessageHandler<ClientMessageOf<'user:input:response'>> {
  const { database, rates } = deps
  return {
    schema: clientMessages['user:input:response'],
    async handle(connection, { id, requestId, response, idempotencyKey: key }) {
      await rates.take(connection.identity)
      const caller = await callerOfMessage(deps, connection.identity, {
        permission: 'answer',
        findWorkspace: () => findWorkspaceOfPrompt(database.orm, requestId),
        notFound: 'PROMPT_NOT_FOUND',
      })
      const url = `/api/prompts/${encodeURIComponent(requestId)}/response`
      const requestHash = hashRequest({ method: 'POST', url, body: JSON.stringify({ response }) })
      const request = key === undefined ? null : { caller: callerKey(caller), key, requestHash }
      const answered = await runOnce(database, request, {
        status: 200,
        work: (seed) => answerPrompt(deps, caller, { requestId, response, seed }),
      })
      const { executionId, answeredBy, answeredAt } = answered
      connection.send({
        type: 'user:input:accepted',
        timestamp: Date.now(),
        ...withId(id),
        requestId,
        executionId,
        response: answered.response,
        answeredBy,
        answeredAt,
      })
    },
  }
}
