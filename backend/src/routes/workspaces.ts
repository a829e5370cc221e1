import { pageOf } from '@millrace/shared/api/page'
import { ChangeMember, Member, NameWorkspace, Workspace } from '@millrace/shared/api/workspaces'
import { AppError } from '@millrace/shared/errors/app-error'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { changeMemberRole } from '../commands/change-member-role.ts'
import { createWorkspace } from '../commands/create-workspace.ts'
import { removeMember } from '../commands/remove-member.ts'
import { callerOfRequest, identityOfRequest, personOf } from '../plugins/authentication.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { requirePermission } from '../policies/permissions.ts'
import { listMembers } from '../repositories/members.ts'
import { listWorkspaces, renameWorkspace } from '../repositories/workspaces.ts'
import { IdParams, NoContent } from './path-parameters.ts'

const MemberParams = IdParams.extend({ userId: z.string().min(1).max(64) })
const tags = ['workspaces']

/** Workspaces and who belongs to them. What somebody is no member of is not there. */
export function registerWorkspaceRoutes(
  app: ApiInstance,
  { database, live }: Pick<AppServices, 'database'> & { live: LiveAuthority },
): void {
  app.get(
    '/api/workspaces',
    { config: { access: 'signed-in' }, schema: { tags, response: { 200: pageOf(Workspace) } } },
    async (request) => {
      const identity = identityOfRequest(request)
      // A key that may only start runs, say, reads nothing; GET /api/me tells it where it belongs.
      if (identity.scopes?.includes('read') === false) throw new AppError('FORBIDDEN', { permission: 'read' })
      const visible = new Set(identity.workspaces.map(({ id }) => id))
      const rows = await listWorkspaces(database.orm, identity.userId)
      return { items: rows.filter(({ id }) => visible.has(id)) }
    },
  )

  app.post(
    '/api/workspaces',
    {
      config: { access: 'signed-in', idempotent: true },
      schema: { tags, body: NameWorkspace, response: { 201: Workspace } },
    },
    async (request, reply) => {
      const { userId } = personOf(identityOfRequest(request))
      const { name } = request.body
      const workspace = await createWorkspace({ database, live }, userId, { name, seed: request.idempotencySeed })
      return reply.code(201).send(workspace)
    },
  )

  app.patch(
    '/api/workspaces/:id',
    {
      config: { access: 'manageMembers', isOfWorkspaceInAddress: true },
      schema: { tags, params: IdParams, body: NameWorkspace, response: { 200: Workspace } },
    },
    async (request) => {
      const { userId, workspaceId } = callerOfRequest(request)
      await renameWorkspace(database.orm, workspaceId, request.body.name)
      const row = (await listWorkspaces(database.orm, userId)).find(({ id }) => id === workspaceId)
      if (row === undefined) throw new AppError('WORKSPACE_NOT_FOUND')
      return row
    },
  )

  app.get(
    '/api/workspaces/:id/members',
    {
      config: { access: 'seeMembers', isOfWorkspaceInAddress: true },
      schema: { tags, params: IdParams, response: { 200: pageOf(Member) } },
    },
    async (request) => ({ items: await listMembers(database.orm, callerOfRequest(request).workspaceId) }),
  )

  app.patch(
    '/api/workspaces/:id/members/:userId',
    {
      config: { access: 'manageMembers', isOfWorkspaceInAddress: true },
      schema: { tags, params: MemberParams, body: ChangeMember, response: { 200: Member } },
    },
    async (request) => {
      const by = callerOfRequest(request)
      const { userId } = request.params
      await changeMemberRole({ database, live }, by, { userId, role: request.body.role })
      const member = (await listMembers(database.orm, by.workspaceId)).find((one) => one.userId === userId)
      if (member === undefined) throw new AppError('MEMBER_NOT_FOUND', { userId })
      return member
    },
  )

  app.delete(
    '/api/workspaces/:id/members/:userId',
    {
      // Everybody may leave; showing others out takes more.
      config: { access: 'seeMembers', isOfWorkspaceInAddress: true },
      schema: { tags, params: MemberParams, response: { 204: NoContent } },
    },
    async (request, reply) => {
      const by = callerOfRequest(request)
      const { userId } = request.params
      if (userId !== by.userId) requirePermission(by, 'manageMembers')
      await removeMember({ database, live }, by, userId)
      return reply.code(204).send(null)
    },
  )
}
