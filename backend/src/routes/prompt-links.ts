import {
  AnswerByLink,
  CreatedPromptLink,
  CreatePromptLink,
  OpenedPromptLink,
  OpenPromptLink,
} from '@millrace/shared/api/prompt-links'
import { AnswerAccepted } from '@millrace/shared/api/prompts'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { PromptLinkTokens } from '../auth/prompt-link-tokens.ts'
import { answerByLink } from '../commands/answer-by-link.ts'
import { createPromptLink } from '../commands/create-prompt-link.ts'
import { findPromptLink } from '../commands/find-prompt-link.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { idempotencyKeyCharactersMax } from '../plugins/idempotency.ts'
import type { SignInLimit } from '../plugins/rate-limits.ts'
import { toOpenedPromptLink } from '../queries/present-prompt.ts'
import { PromptParams } from './path-parameters.ts'

const tags = ['prompt links']
/** An answer may have 64 KiB; in the longest way to write JSON that is six times as much, and a token is added. */
const bodyLimit = 512 * 1024
/** Callers are strangers, so the key is taken here, not where the callers of other routes bring theirs. */
const KeyHeader = z.object({ 'idempotency-key': z.string().max(idempotencyKeyCharactersMax).optional() })

interface PromptLinkServices extends Pick<AppServices, 'config' | 'database' | 'engine'> {
  promptLinkTokens: PromptLinkTokens
  signInLimit: SignInLimit
}

/** Links by which people without an account answer one question. The token comes in bodies only, never in an address. */
export function registerPromptLinkRoutes(app: ApiInstance, services: PromptLinkServices): void {
  const { config, signInLimit } = services

  app.post(
    '/api/prompts/:requestId/links',
    {
      config: { access: 'answer' },
      schema: { tags, params: PromptParams, body: CreatePromptLink, response: { 201: CreatedPromptLink } },
    },
    async (request, reply) => {
      const { requestId } = request.params
      const { expiresInHours } = request.body
      // No idempotency key here: its stored answer would hold the token.
      const created = await createPromptLink(services, callerOfRequest(request), { requestId, expiresInHours })
      const path = `${config.basePath}/answer#${created.token}`
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...created, path })
    },
  )

  app.post(
    '/api/prompt-links/open',
    {
      bodyLimit,
      config: { access: 'public' },
      schema: { tags, body: OpenPromptLink, response: { 200: OpenedPromptLink } },
    },
    async (request, reply) => {
      const found = await signInLimit.countFailed(request, () => findPromptLink(services, request.body.token))
      return reply.header('cache-control', 'no-store').send(toOpenedPromptLink(found))
    },
  )

  app.post(
    '/api/prompt-links/answer',
    {
      bodyLimit,
      config: { access: 'public' },
      schema: { tags, headers: KeyHeader, body: AnswerByLink, response: { 200: AnswerAccepted } },
    },
    async (request, reply) => {
      const { token, response, name = null } = request.body
      // Only what opens nothing is a guess; an answer that does not fit is none, nor one that comes once more too late.
      const found = await signInLimit.countFailed(request, () => findPromptLink(services, token, { isEndedToo: true }))
      const idempotencyKey = request.headers['idempotency-key'] || null
      const accepted = await answerByLink(services, found, { response, name, idempotencyKey })
      return reply.header('cache-control', 'no-store').send(accepted)
    },
  )
}
