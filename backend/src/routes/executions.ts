import {
  CancelExecution,
  EventsQuery,
  Execution,
  ExecutionSummary,
  ExecutionsQuery,
  PauseExecution,
  StartExecution,
  StartedExecution,
} from '@millrace/shared/api/executions'
import { pageOf } from '@millrace/shared/api/page'
import { type ExecutionStatus, executionStatuses } from '@millrace/shared/engine/execution-view'
import { AppError } from '@millrace/shared/errors/app-error'
import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { cancelExecution } from '../commands/cancel-execution.ts'
import { pauseExecution } from '../commands/pause-execution.ts'
import { startExecution } from '../commands/start-execution.ts'
import { executionTopic } from '../events/topic-name.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { ownerOf } from '../policies/caller.ts'
import { toExecutionSummary } from '../queries/present-summary.ts'
import { type ExecutionRow, findExecution, findPlan, listExecutions } from '../repositories/executions.ts'
import { isOutputOf } from '../repositories/output-refs.ts'
import { decodeCursor, toPage } from '../repositories/page-cursor.ts'
import { findVersion } from '../repositories/workflows.ts'
import { IdParams } from './path-parameters.ts'
import { toExecution } from './present-execution.ts'
import { toGuestDrawing } from './present-guest-drawing.ts'

/** The drawing of the version that a run carries. */
const ExecutionDefinition = z.object({
  workflowId: z.string(),
  workflowName: z.string(),
  workflowVersion: z.int(),
  definition: WorkflowDefinition,
})
const EventsAnswer = z.object({
  items: z.array(z.looseObject({ type: z.string(), eventId: z.string(), seq: z.int(), timestamp: z.number() })),
  head: z.int(),
  epoch: z.string(),
})
const OutputParams = IdParams.extend({ ref: z.string().min(1).max(100) })
const tags = ['executions']

export function registerExecutionRoutes(app: ApiInstance, services: AppServices): void {
  const { database, eventLog, masker, outputs, views } = services

  app.post(
    '/api/workflows/:id/executions',
    {
      config: { access: 'run', idempotent: true },
      schema: { tags, params: IdParams, body: StartExecution, response: { 202: StartedExecution } },
    },
    async (request, reply) => {
      const { executionId } = await startExecution(
        services,
        callerOfRequest(request),
        { workflowId: request.params.id, input: request.body.input, seed: request.idempotencySeed },
        request.log,
      )
      return reply.code(202).send({ executionId, status: 'queued' })
    },
  )

  app.get(
    '/api/executions',
    {
      config: { access: 'read' },
      schema: { tags, querystring: ExecutionsQuery, response: { 200: pageOf(ExecutionSummary) } },
    },
    async (request) => {
      const { limit, cursor, workflowId, status } = request.query
      const { workspaceId } = callerOfRequest(request)
      const after = decodeCursor(cursor)
      const filter = { workspaceId, limit, after, workflowId, statuses: readStatuses(status) }
      return toPage(await listExecutions(database.orm, filter), limit, {
        item: toExecutionSummary,
        position: (row) => ({ time: row.createdAt, id: row.id }),
      })
    },
  )

  app.get(
    '/api/executions/:id',
    {
      config: { access: 'read', isOpenToGuests: true },
      schema: { tags, params: IdParams, response: { 200: Execution } },
    },
    async (request) => {
      const row = await executionOf(request, request.params.id)
      const [plan, view, secrets] = await Promise.all([
        findPlan(database.orm, row.id),
        views.read(row.id),
        masker.of(row.workspaceId),
      ])
      return toExecution({ ...row, input: secrets.mask(view.input ?? row.input) }, plan, view)
    },
  )

  app.get(
    '/api/executions/:id/definition',
    {
      config: { access: 'read', isOpenToGuests: true },
      schema: { tags, params: IdParams, response: { 200: ExecutionDefinition } },
    },
    async (request) => {
      const { workflowId, workflowName, workflowVersion } = await executionOf(request, request.params.id)
      const definition = await findVersion(database.orm, { workflowId, version: workflowVersion })
      if (definition === null) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId, version: workflowVersion })
      const drawing = isGuest(request) ? toGuestDrawing(definition) : definition
      return { workflowId, workflowName, workflowVersion, definition: drawing }
    },
  )

  app.get(
    '/api/executions/:id/events',
    {
      config: { access: 'read', isOpenToGuests: true },
      schema: { tags, params: IdParams, querystring: EventsQuery, response: { 200: EventsAnswer } },
    },
    async (request, reply) => {
      const { id } = await executionOf(request, request.params.id)
      const { since, limit } = request.query
      const topic = executionTopic(id)
      const head = await eventLog.head(topic)
      if (head === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId: id })
      const stored = await eventLog.read(topic, since, limit)
      // The stored texts go out as they are: each event is exactly what the socket sends.
      const items = stored.map(({ payload }) => payload).join(',')
      const answer = `{"items":[${items}],"head":${head.seq},"epoch":${JSON.stringify(head.epoch)}}`
      return reply
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(answer as never)
    },
  )

  app.get(
    '/api/executions/:id/outputs/:ref',
    {
      config: { access: 'read', isOpenToGuests: true },
      schema: { tags, params: OutputParams, response: { 200: z.unknown() } },
    },
    async (request, reply) => {
      const { id: executionId, workspaceId } = await executionOf(request, request.params.id)
      const { ref } = request.params
      const topic = executionTopic(executionId)
      const isItsOwn = await isOutputOf(database.orm, { workspaceId, executionId, topic, ref })
      if (!isItsOwn) throw new AppError('NOT_FOUND', { ref })
      const value = await outputs.getShown(ownerOf(callerOfRequest(request)), ref)
      return reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(value)
    },
  )

  app.post(
    '/api/executions/:id/cancel',
    {
      config: { access: 'run', idempotent: true },
      schema: { tags, params: IdParams, body: CancelExecution, response: { 202: StartedExecution } },
    },
    async (request, reply) => {
      const executionId = request.params.id
      const { reason } = request.body
      const { status } = await cancelExecution(services, callerOfRequest(request), { executionId, reason })
      return reply.code(202).send({ executionId, status })
    },
  )

  for (const wish of ['pause', 'resume'] as const) {
    app.post(
      `/api/executions/:id/${wish}`,
      {
        config: { access: 'run', idempotent: true },
        schema: { tags, params: IdParams, body: PauseExecution, response: { 200: StartedExecution } },
      },
      (request) => {
        const { id: executionId } = request.params
        const { reason } = request.body
        const seed = request.idempotencySeed
        return pauseExecution(services, callerOfRequest(request), { executionId, wish, reason, seed })
      },
    )
  }

  async function executionOf(request: FastifyRequest, executionId: string): Promise<ExecutionRow> {
    const row = await findExecution(database.orm, callerOfRequest(request).workspaceId, executionId)
    if (row === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
    return row
  }
}

function isGuest({ identity }: FastifyRequest): boolean {
  return identity?.kind === 'share'
}

/** One status, or several with commas. Throws AppError INVALID_INPUT for a word that is none. */
function readStatuses(text: string | undefined): ExecutionStatus[] | undefined {
  if (text === undefined || text === '') return undefined
  return text.split(',').map((word) => {
    const status = executionStatuses.find((one) => one === word.trim())
    if (status !== undefined) return status
    const message = `must be of ${executionStatuses.join(', ')}`
    throw new AppError('INVALID_INPUT', { in: 'querystring', issues: [{ path: 'status', message }] })
  })
}
