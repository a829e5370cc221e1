import { pageOf } from '@millrace/shared/api/page'
import { AnswerAccepted, AnswerPrompt, Prompt, PromptsQuery } from '@millrace/shared/api/prompts'
import { AppError } from '@millrace/shared/errors/app-error'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { answerPrompt } from '../commands/answer-prompt.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { toPrompt } from '../queries/present-prompt.ts'
import { decodeCursor, toPage } from '../repositories/page-cursor.ts'
import { findPrompt, listPrompts } from '../repositories/prompts.ts'
import { PromptParams } from './path-parameters.ts'

const tags = ['prompts']

export function registerPromptRoutes(app: ApiInstance, services: Pick<AppServices, 'database' | 'engine'>): void {
  const { database } = services

  app.get(
    '/api/prompts',
    { config: { access: 'read' }, schema: { tags, querystring: PromptsQuery, response: { 200: pageOf(Prompt) } } },
    async (request) => {
      const { limit, cursor, status, executionId } = request.query
      const { workspaceId } = callerOfRequest(request)
      const filter = { workspaceId, limit, after: decodeCursor(cursor), status, executionId }
      return toPage(await listPrompts(database.orm, filter), limit, {
        item: toPrompt,
        position: (row) => ({ time: row.requestedAt, id: row.requestId }),
      })
    },
  )

  app.get(
    '/api/prompts/:requestId',
    { config: { access: 'read' }, schema: { tags, params: PromptParams, response: { 200: Prompt } } },
    async (request) => {
      const { requestId } = request.params
      const row = await findPrompt(database.orm, callerOfRequest(request).workspaceId, requestId)
      if (row === null) throw new AppError('PROMPT_NOT_FOUND', { requestId })
      return toPrompt(row)
    },
  )

  app.post(
    '/api/prompts/:requestId/response',
    {
      config: { access: 'answer', idempotent: true },
      schema: { tags, params: PromptParams, body: AnswerPrompt, response: { 200: AnswerAccepted } },
    },
    async (request) =>
      answerPrompt(services, callerOfRequest(request), {
        requestId: request.params.requestId,
        response: request.body.response,
        seed: request.idempotencySeed,
      }),
  )
}
