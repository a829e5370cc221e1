import { toErrorBody } from '@millrace/shared/errors/app-error'
import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { hashRequest, runOnce } from '../commands/idempotent-request.ts'
import { recordBrowserRun } from '../commands/record-browser-run.ts'
import { callerKey } from '../policies/caller.ts'
import { findWorkspaceOfWorkflow } from '../repositories/workflows.ts'
import type { Connection } from '../websocket/connections/connection.ts'
import { type MessageHandler, withId } from '../websocket/handlers/message-handler.ts'
import { callerOfMessage } from './caller-of-message.ts'
import type { LiveCommandDeps } from './live-command-deps.ts'
import { reportFailure } from './report-failure.ts'

type BrowserResult = ClientMessageOf<'workflow:browser_result'>

/** Takes the result of a run in a browser; who may run the workflow here may also say how it ran there. */
export function recordRun(deps: LiveCommandDeps): MessageHandler<BrowserResult> {
  return {
    schema: clientMessages['workflow:browser_result'],
    async handle(connection, message) {
      try {
        await record(deps, connection, message)
      } catch (error) {
        reportFailure(deps.logger, connection, error)
        connection.send({ type: 'workflow:error', timestamp: Date.now(), ...withId(message.id), ...toErrorBody(error) })
      }
    },
  }
}

async function record(
  deps: LiveCommandDeps,
  connection: Connection,
  { type, id, idempotencyKey: key, ...run }: BrowserResult,
): Promise<void> {
  const { database, rates } = deps
  await rates.take(connection.identity)
  const caller = await callerOfMessage(deps, connection.identity, {
    permission: 'run',
    findWorkspace: () => findWorkspaceOfWorkflow(database.orm, run.workflowId),
    notFound: 'WORKFLOW_NOT_FOUND',
  })
  const requestHash = hashRequest({ method: 'WS', url: type, body: JSON.stringify(run) })
  const request = key === undefined ? null : { caller: callerKey(caller), key, requestHash }
  const { executionId } = await runOnce(database, request, {
    status: 201,
    work: (seed) => recordBrowserRun(deps, caller, { run, seed }),
  })
  connection.send({ type: 'workflow:recorded', timestamp: Date.now(), ...withId(id), executionId })
}
