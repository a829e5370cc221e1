import { PageQuery, pageOf } from '@millrace/shared/api/page'
import {
  CreateWorkflow,
  UpdateWorkflow,
  ValidateWorkflow,
  ValidationResult,
  Workflow,
  WorkflowSummary,
} from '@millrace/shared/api/workflows'
import { AppError } from '@millrace/shared/errors/app-error'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { DrawingChecks } from '../commands/check-drawing.ts'
import { createWorkflow, updateWorkflow } from '../commands/save-workflow.ts'
import { callerOfRequest, identityOfRequest } from '../plugins/authentication.ts'
import { decodeCursor, toPage } from '../repositories/page-cursor.ts'
import { findWorkflow, listWorkflows, markWorkflowDeleted } from '../repositories/workflows.ts'
import { IdParams, NoContent } from './path-parameters.ts'
import { toWorkflow, toWorkflowSummary } from './present-workflow.ts'

const WorkflowsQuery = PageQuery.extend({ q: z.string().max(200).optional() })
const tags = ['workflows']

export function registerWorkflowRoutes(
  app: ApiInstance,
  { database, drawingChecks }: Pick<AppServices, 'database'> & { drawingChecks: DrawingChecks },
): void {
  app.get(
    '/api/workflows',
    {
      config: { access: 'read' },
      schema: { tags, querystring: WorkflowsQuery, response: { 200: pageOf(WorkflowSummary) } },
    },
    async (request) => {
      const { limit, cursor, q } = request.query
      const { workspaceId } = callerOfRequest(request)
      const rows = await listWorkflows(database.orm, { workspaceId, limit, after: decodeCursor(cursor), query: q })
      return toPage(rows, limit, {
        item: toWorkflowSummary,
        position: (row) => ({ time: row.updatedAt, id: row.id }),
      })
    },
  )

  app.post(
    '/api/workflows',
    {
      config: { access: 'edit', idempotent: true },
      schema: { tags, body: CreateWorkflow, response: { 201: Workflow } },
    },
    async (request, reply) => {
      const workflow = await createWorkflow(database, callerOfRequest(request), request.body)
      return reply.code(201).send(toWorkflow(workflow))
    },
  )

  app.post(
    '/api/workflows/validate',
    { config: { access: 'read' }, schema: { tags, body: ValidateWorkflow, response: { 200: ValidationResult } } },
    async (request) => drawingChecks.check(identityOfRequest(request), request.body.definition),
  )

  app.get(
    '/api/workflows/:id',
    { config: { access: 'read' }, schema: { tags, params: IdParams, response: { 200: Workflow } } },
    async (request) => {
      const { id } = request.params
      const workflow = await findWorkflow(database.orm, callerOfRequest(request).workspaceId, id)
      if (workflow === null) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId: id })
      return toWorkflow(workflow)
    },
  )

  app.put(
    '/api/workflows/:id',
    {
      config: { access: 'edit' },
      schema: { tags, params: IdParams, body: UpdateWorkflow, response: { 200: Workflow } },
    },
    async (request) =>
      toWorkflow(await updateWorkflow(database, callerOfRequest(request), request.params.id, request.body)),
  )

  app.delete(
    '/api/workflows/:id',
    { config: { access: 'edit' }, schema: { tags, params: IdParams, response: { 204: NoContent } } },
    async (request, reply) => {
      const { id } = request.params
      const { workspaceId } = callerOfRequest(request)
      const isDeleted = await markWorkflowDeleted(database.orm, workspaceId, id, Date.now())
      if (!isDeleted) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId: id })
      return reply.code(204).send(null)
    },
  )
}
