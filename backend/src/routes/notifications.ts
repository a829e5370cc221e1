import {
  Announce,
  Announced,
  Notification,
  Notifications,
  NotificationsQuery,
} from '@millrace/shared/api/notifications'
import { AppError } from '@millrace/shared/errors/app-error'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { announce } from '../commands/announce.ts'
import { userTopic } from '../events/topic-name.ts'
import { callerOfRequest, identityOfRequest } from '../plugins/authentication.ts'
import { listNotices } from '../repositories/notices.ts'
import { decodeCursor, toPage } from '../repositories/page-cursor.ts'

const tags = ['notifications']

export function registerNotificationRoutes(app: ApiInstance, services: Pick<AppServices, 'database' | 'events'>): void {
  app.get(
    '/api/notifications',
    {
      config: { access: 'signed-in' },
      schema: { tags, querystring: NotificationsQuery, response: { 200: Notifications } },
    },
    async (request) => {
      const { kind, userId, workspaces } = identityOfRequest(request)
      // Of all workspaces of a person; a key belongs to one.
      if (kind !== 'user') throw new AppError('FORBIDDEN')
      const { limit, cursor } = request.query
      const topic = userTopic(userId)
      const rows = await listNotices(services.database.orm, {
        topic,
        workspaceIds: workspaces.map(({ id }) => id),
        beforeSeq: decodeCursor(cursor)?.time ?? null,
        limit,
      })
      return toPage(rows, limit, {
        item: ({ payload }) => Notification.parse(JSON.parse(payload)),
        // Numbers of one topic rise as times do, and are in no doubt.
        position: ({ seq }) => ({ time: seq, id: topic }),
      })
    },
  )

  app.post(
    '/api/notifications',
    {
      config: { access: 'announce', idempotent: true },
      schema: { tags, body: Announce, response: { 202: Announced } },
    },
    async (request, reply) => {
      const { body: notice, idempotencySeed: seed } = request
      return reply.code(202).send(await announce(services, callerOfRequest(request), { notice, seed }))
    },
  )
}
