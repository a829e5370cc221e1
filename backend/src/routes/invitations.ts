import { Authenticated } from '@millrace/shared/api/auth'
import { pageOf } from '@millrace/shared/api/page'
import {
  AcceptedInvitation,
  AcceptInvitation,
  CreatedInvitation,
  CreateInvitation,
  Invitation,
  InvitationPreview,
  LookUpInvitation,
} from '@millrace/shared/api/workspaces'
import { AppError } from '@millrace/shared/errors/app-error'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { hashToken } from '../auth/token-hash.ts'
import { acceptInvitation, acceptWithAccount } from '../commands/accept-invitation.ts'
import { createInvitation } from '../commands/create-invitation.ts'
import { callerOfRequest, credentialsOf, personOf } from '../plugins/authentication.ts'
import type { SignInLimit } from '../plugins/rate-limits.ts'
import { requireOwnOrigin } from '../plugins/same-origin.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import {
  findOpenInvitation,
  type InvitationRow,
  listOpenInvitations,
  revokeInvitation,
} from '../repositories/invitations.ts'
import type { Authenticate } from '../websocket/identity.ts'
import { IdParams, NoContent } from './path-parameters.ts'
import { createSessionCookie } from './session-cookie.ts'

const InvitationParams = IdParams.extend({ invitationId: z.string().min(1).max(64) })
const tags = ['workspaces']
const ofWorkspace = { access: 'manageMembers', isOfWorkspaceInAddress: true } as const

interface InvitationServices extends Pick<AppServices, 'database' | 'config'> {
  accessTokens: AccessTokens
  authenticate: Authenticate
  signInLimit: SignInLimit
  live: LiveAuthority
}

/** Links by which people join a workspace. A token comes in a body and never in an address, for addresses are logged. */
export function registerInvitationRoutes(app: ApiInstance, services: InvitationServices): void {
  registerManaging(app, services)
  registerAccepting(app, services)
}

function registerManaging(app: ApiInstance, { database }: InvitationServices): void {
  app.get(
    '/api/workspaces/:id/invitations',
    { config: ofWorkspace, schema: { tags, params: IdParams, response: { 200: pageOf(Invitation) } } },
    async (request) => {
      const rows = await listOpenInvitations(database.orm, callerOfRequest(request).workspaceId, Date.now())
      return { items: rows.map(toInvitation) }
    },
  )

  app.post(
    '/api/workspaces/:id/invitations',
    {
      config: ofWorkspace,
      schema: { tags, params: IdParams, body: CreateInvitation, response: { 201: CreatedInvitation } },
    },
    async (request, reply) => {
      // No idempotency key here: its stored answer would hold the token.
      const created = await createInvitation(database, callerOfRequest(request), request.body)
      return reply.code(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.delete(
    '/api/workspaces/:id/invitations/:invitationId',
    { config: ofWorkspace, schema: { tags, params: InvitationParams, response: { 204: NoContent } } },
    async (request, reply) => {
      const { workspaceId } = callerOfRequest(request)
      const id = request.params.invitationId
      const isRevoked = await revokeInvitation(database.orm, { workspaceId, id }, Date.now())
      if (!isRevoked) throw new AppError('INVITATION_NOT_FOUND')
      return reply.code(204).send(null)
    },
  )
}

function registerAccepting(app: ApiInstance, services: InvitationServices): void {
  const { database, config, signInLimit, authenticate } = services
  const cookie = createSessionCookie(config.basePath)
  const access = { access: 'public' } as const

  app.post(
    '/api/invitations/look-up',
    { config: access, schema: { tags, body: LookUpInvitation, response: { 200: InvitationPreview } } },
    async (request, reply) => {
      await signInLimit.count(request)
      const invitation = await findOpenInvitation(database.orm, hashToken(request.body.token), Date.now())
      if (invitation === null) throw new AppError('INVITATION_NOT_FOUND')
      const { workspaceName, role, createdByName, expiresAt } = invitation
      return reply.header('cache-control', 'no-store').send({ workspaceName, role, createdByName, expiresAt })
    },
  )

  app.post(
    '/api/invitations/accept',
    {
      config: access,
      schema: { tags, body: AcceptInvitation, response: { 200: AcceptedInvitation, 201: Authenticated } },
    },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      await signInLimit.count(request)
      const { token, account } = request.body
      if (account === undefined) {
        const { userId } = personOf(await authenticate(credentialsOf(request)))
        return reply.code(200).send(await acceptInvitation(services, userId, token))
      }
      const { answer, refreshToken } = await acceptWithAccount(services, token, account)
      cookie.set(request, reply, refreshToken)
      return reply.code(201).send(answer)
    },
  )
}

function toInvitation(row: InvitationRow & { createdByName: string }): Invitation {
  const { id, role, createdByName, createdAt, expiresAt } = row
  return { id, role, createdByName, createdAt, expiresAt }
}
