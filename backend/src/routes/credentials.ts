import { CreateCredential, Credential } from '@millrace/shared/api/credentials'
import { pageOf } from '@millrace/shared/api/page'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { toCredential } from '../auth/credential-vault.ts'
import { addCredential, removeCredential } from '../commands/change-credentials.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import { listCredentials } from '../repositories/credentials.ts'
import { IdParams, NoContent } from './path-parameters.ts'

const tags = ['credentials']

export function registerCredentialRoutes(
  app: ApiInstance,
  deps: Pick<AppServices, 'database' | 'vault' | 'events'>,
): void {
  app.get(
    '/api/credentials',
    { config: { access: 'read' }, schema: { tags, response: { 200: pageOf(Credential) } } },
    async (request) => {
      const rows = await listCredentials(
        deps.database.orm,
        callerOfRequest(request).workspaceId,
        membershipLimits.credentialsPerWorkspaceMax,
      )
      return { items: rows.map(toCredential) }
    },
  )

  app.post(
    '/api/credentials',
    {
      config: { access: 'manageCredentials', idempotent: true },
      schema: { tags, body: CreateCredential, response: { 201: Credential } },
    },
    async (request, reply) => reply.code(201).send(await addCredential(deps, callerOfRequest(request), request.body)),
  )

  app.delete(
    '/api/credentials/:id',
    { config: { access: 'manageCredentials' }, schema: { tags, params: IdParams, response: { 204: NoContent } } },
    async (request, reply) => {
      await removeCredential(deps, callerOfRequest(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
