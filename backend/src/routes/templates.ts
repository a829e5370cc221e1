import { CreateFromTemplate, Template, TemplateSummary, Workflow } from '@millrace/shared/api/workflows'
import { templates } from '@millrace/shared/templates/index'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import { createFromTemplate, findTemplate, type TemplateDeps } from '../commands/create-from-template.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { ownerOf } from '../policies/caller.ts'
import { IdParams } from './path-parameters.ts'
import { toWorkflow } from './present-workflow.ts'

const Templates = z.object({ items: z.array(TemplateSummary) })
const tags = ['workflows']

export function registerTemplateRoutes(app: ApiInstance, deps: TemplateDeps): void {
  app.get(
    '/api/templates',
    { config: { access: 'read' }, schema: { tags, response: { 200: Templates } } },
    async () => ({ items: [...templates] }),
  )

  app.get(
    '/api/templates/:id',
    { config: { access: 'read' }, schema: { tags, params: IdParams, response: { 200: Template } } },
    async (request) => findTemplate(request.params.id),
  )

  app.post(
    '/api/templates/:id/workflows',
    {
      config: { access: 'edit', idempotent: true },
      schema: { tags, params: IdParams, body: CreateFromTemplate, response: { 201: Workflow } },
    },
    async (request, reply) => {
      const template = findTemplate(request.params.id)
      const workflow = await createFromTemplate(deps, ownerOf(callerOfRequest(request)), template, request.body)
      return reply.code(201).send(toWorkflow(workflow))
    },
  )
}
