import { ApiKey, CreateApiKey, CreatedApiKey } from '@millrace/shared/api/auth'
import { pageOf } from '@millrace/shared/api/page'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { createApiKey } from '../commands/create-api-key.ts'
import { removeApiKey } from '../commands/remove-api-key.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import { type ApiKeyRow, listApiKeys } from '../repositories/api-keys.ts'
import { IdParams, NoContent } from './path-parameters.ts'

const tags = ['auth']

export function registerApiKeyRoutes(
  app: ApiInstance,
  { database, live }: Pick<AppServices, 'database'> & { live: LiveAuthority },
): void {
  app.get(
    '/api/api-keys',
    { config: { access: 'manageOwnKeys' }, schema: { tags, response: { 200: pageOf(ApiKey) } } },
    async (request) => {
      const rows = await listApiKeys(database.orm, callerOfRequest(request), membershipLimits.apiKeysPerMemberMax)
      return { items: rows.map(toApiKey) }
    },
  )

  app.post(
    '/api/api-keys',
    { config: { access: 'manageOwnKeys' }, schema: { tags, body: CreateApiKey, response: { 201: CreatedApiKey } } },
    async (request, reply) => {
      // No idempotency key here: its stored answer would hold the key.
      const created = await createApiKey(database, callerOfRequest(request), request.body)
      return reply.code(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.delete(
    '/api/api-keys/:id',
    { config: { access: 'manageOwnKeys' }, schema: { tags, params: IdParams, response: { 204: NoContent } } },
    async (request, reply) => {
      const { id } = request.params
      await removeApiKey({ database, live }, callerOfRequest(request), id)
      return reply.code(204).send(null)
    },
  )
}

function toApiKey({ id, name, prefix, scopes, createdAt, lastUsedAt }: ApiKeyRow): ApiKey {
  return {
    id,
    name,
    prefix,
    scopes: scopes as ApiKey['scopes'],
    createdAt,
    ...(lastUsedAt === null ? {} : { lastUsedAt }),
  }
}
