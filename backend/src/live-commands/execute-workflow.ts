import type { StartedExecution } from '@millrace/shared/api/executions'
import { toErrorBody } from '@millrace/shared/errors/app-error'
import type { EventError } from '@millrace/shared/events/envelope'
import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { findCurrentRole } from '../auth/current-role.ts'
import { hashRequest, runOnce } from '../commands/idempotent-request.ts'
import { startExecution } from '../commands/start-execution.ts'
import { type Caller, callerKey } from '../policies/caller.ts'
import { findExecution } from '../repositories/executions.ts'
import { findWorkspaceOfWorkflow } from '../repositories/workflows.ts'
import type { Connection } from '../websocket/connections/connection.ts'
import { type MessageHandler, withId } from '../websocket/handlers/message-handler.ts'
import { callerOfMessage } from './caller-of-message.ts'
import type { LiveCommandDeps } from './live-command-deps.ts'
import { reportFailure } from './report-failure.ts'

type Execute = ClientMessageOf<'workflow:execute'>

/**
 * The same as `POST /api/workflows/{id}/executions`, and then tells how the run ends. Whoever comes back after
 * a lost connection asks again with the same key: the run is not started again, and its end is told.
 */
export function executeWorkflow(deps: LiveCommandDeps): MessageHandler<Execute> {
  return {
    schema: clientMessages['workflow:execute'],
    async handle(connection, message) {
      try {
        await execute(deps, connection, message)
      } catch (error) {
        reportFailure(deps.logger, connection, error)
        connection.send({ type: 'workflow:error', timestamp: Date.now(), ...withId(message.id), ...toErrorBody(error) })
      }
    },
  }
}

async function execute(deps: LiveCommandDeps, connection: Connection, message: Execute): Promise<void> {
  const { database, manager, rates, logger } = deps
  const { id, workflowId, input, idempotencyKey: key } = message
  await rates.take(connection.identity)
  const caller = await callerOfMessage(deps, connection.identity, {
    permission: 'run',
    findWorkspace: () => findWorkspaceOfWorkflow(database.orm, workflowId),
    notFound: 'WORKFLOW_NOT_FOUND',
  })
  const url = `/api/workflows/${workflowId}/executions`
  const requestHash = hashRequest({ method: 'POST', url, body: JSON.stringify({ input }) })
  const request = key === undefined ? null : { caller: callerKey(caller), key, requestHash }
  const { executionId } = await runOnce<StartedExecution>(database, request, {
    status: 202,
    work: async (seed) => {
      const started = await startExecution(deps, caller, { workflowId, input, seed }, logger)
      return { ...started, status: 'queued' }
    },
  })
  const ending = manager.awaitEnd(connection, executionId)
  const awaited = ending !== null
  connection.send({ type: 'workflow:accepted', timestamp: Date.now(), ...withId(id), executionId, awaited })
  if (!(await ending)) return
  await connection.sendInTurn(() => tellResult(deps, connection, { caller, executionId, id }))
}

async function tellResult(
  { database }: LiveCommandDeps,
  connection: Connection,
  { caller, executionId, id }: { caller: Caller; executionId: string; id: Execute['id'] },
): Promise<void> {
  // The run may have taken long: who was shown out meanwhile is told nothing of it.
  if ((await findCurrentRole(database.orm, connection.identity, caller.workspaceId)) === null) return
  const row = await findExecution(database.orm, caller.workspaceId, executionId)
  if (row === null) return
  const { status, outputs, error } = row
  connection.send({
    type: 'workflow:result',
    timestamp: Date.now(),
    ...withId(id),
    executionId,
    status,
    ...(outputs === null ? {} : { outputs: outputs as Record<string, unknown> }),
    ...(error === null ? {} : { error: error as EventError }),
  })
}
