import { pageOf } from '@millrace/shared/api/page'
import {
  CreatedShareLink,
  CreateShareLink,
  OpenedShareLink,
  OpenShareLink,
  ShareLink,
} from '@millrace/shared/api/share-links'
import { AppError } from '@millrace/shared/errors/app-error'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { ShareTokens } from '../auth/share-tokens.ts'
import { createShareLink } from '../commands/create-share-link.ts'
import { openShareLink } from '../commands/open-share-link.ts'
import { revokeShareLink } from '../commands/revoke-share-link.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import type { SignInLimit } from '../plugins/rate-limits.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { findExecution } from '../repositories/executions.ts'
import { listOpenShareLinks, type ShareLinkRow } from '../repositories/share-links.ts'
import { IdParams, NoContent } from './path-parameters.ts'

const tags = ['share links']

interface ShareLinkServices extends Pick<AppServices, 'database'> {
  shareTokens: ShareTokens
  signInLimit: SignInLimit
  live: LiveAuthority
}

/** Links by which people without an account watch one execution. */
export function registerShareLinkRoutes(app: ApiInstance, services: ShareLinkServices): void {
  const { database, signInLimit } = services

  app.get(
    '/api/executions/:id/share-links',
    { config: { access: 'share' }, schema: { tags, params: IdParams, response: { 200: pageOf(ShareLink) } } },
    async (request) => {
      const { workspaceId } = callerOfRequest(request)
      const executionId = request.params.id
      const row = await findExecution(database.orm, workspaceId, executionId)
      if (row === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
      const links = await listOpenShareLinks(database.orm, { workspaceId, executionId }, Date.now())
      return { items: links.map(toShareLink) }
    },
  )

  app.post(
    '/api/executions/:id/share-links',
    {
      config: { access: 'share' },
      schema: { tags, params: IdParams, body: CreateShareLink, response: { 201: CreatedShareLink } },
    },
    async (request, reply) => {
      const { expiresInHours } = request.body
      // No idempotency key here: its stored answer would hold the token.
      const created = await createShareLink(database, callerOfRequest(request), {
        executionId: request.params.id,
        expiresInHours,
      })
      return reply.code(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.delete(
    '/api/share-links/:id',
    { config: { access: 'share' }, schema: { tags, params: IdParams, response: { 204: NoContent } } },
    async (request, reply) => {
      const { workspaceId } = callerOfRequest(request)
      await revokeShareLink(services, { workspaceId, id: request.params.id })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/share-links/open',
    { config: { access: 'public' }, schema: { tags, body: OpenShareLink, response: { 200: OpenedShareLink } } },
    async (request, reply) => {
      const opened = await signInLimit.countFailed(request, () => openShareLink(services, request.body.token))
      return reply.header('cache-control', 'no-store').send(opened)
    },
  )
}

function toShareLink(row: ShareLinkRow & { createdByName: string }): ShareLink {
  const { id, executionId, createdByName, createdAt, expiresAt, lastOpenedAt } = row
  return { id, executionId, createdByName, createdAt, expiresAt, ...(lastOpenedAt === null ? {} : { lastOpenedAt }) }
}
