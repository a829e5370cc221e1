import { Me } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { identityOfRequest } from '../plugins/authentication.ts'
import { findUser } from '../repositories/users.ts'
import { listMemberships } from '../repositories/workspaces.ts'

export function registerMeRoutes(app: ApiInstance, { database }: Pick<AppServices, 'database'>): void {
  app.get(
    '/api/me',
    { config: { access: 'signed-in' }, schema: { tags: ['auth'], response: { 200: Me } } },
    async (request) => {
      const identity = identityOfRequest(request)
      const user = await findUser(database.orm, identity.userId)
      if (user === null) throw new AppError('INVALID_TOKEN')
      const visible = new Set(identity.workspaces.map(({ id }) => id))
      const memberships = await listMemberships(database.orm, identity.userId)
      return {
        user: { id: user.id, email: user.email, name: user.name },
        // An API key belongs to one workspace, whatever else its maker belongs to.
        workspaces: memberships
          .filter(({ workspaceId }) => visible.has(workspaceId))
          .map(({ workspaceId, workspaceName, role }) => ({ id: workspaceId, name: workspaceName, role })),
      }
    },
  )
}
