import { ChangeHook, CreatedHook, CreateHook, Hook, HookDelivery } from '@millrace/shared/api/hooks'
import { PageQuery, pageOf } from '@millrace/shared/api/page'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import { createHook, type HookParts } from '../commands/create-hook.ts'
import { workspaceTopic } from '../events/topic-name.ts'
import { requireHookAddress } from '../hooks/require-hook-address.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { type HookDeliveryRow, listDeliveries, renewDelivery } from '../repositories/hook-deliveries.ts'
import { deleteHook, findHook, type HookRow, listHooks, startCursorAtHead, updateHook } from '../repositories/hooks.ts'
import { decodeCursor, toPage } from '../repositories/page-cursor.ts'
import { IdParams, NoContent } from './path-parameters.ts'

/** More than a workspace may have. */
const listedMax = 100
const tags = ['hooks']
const DeliveryParams = IdParams.extend({ seq: z.coerce.number().int().min(1) })
const access = 'edit'

export function registerHookRoutes(app: ApiInstance, parts: HookParts): void {
  const { database, secrets, allowPrivateAddresses } = parts

  app.get('/api/hooks', { config: { access }, schema: { tags, response: { 200: pageOf(Hook) } } }, async (request) => {
    const rows = await listHooks(database.orm, callerOfRequest(request).workspaceId, listedMax)
    return { items: rows.map(toHook) }
  })

  app.post(
    '/api/hooks',
    { config: { access }, schema: { tags, body: CreateHook, response: { 201: CreatedHook } } },
    async (request, reply) => {
      // No idempotency key here: its stored answer would hold the secret.
      const created = await createHook(parts, callerOfRequest(request), request.body)
      return reply.code(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.get(
    '/api/hooks/:id',
    { config: { access }, schema: { tags, params: IdParams, response: { 200: Hook } } },
    async (request) => toHook(await requireHook(request, request.params.id)),
  )

  app.patch(
    '/api/hooks/:id',
    { config: { access }, schema: { tags, params: IdParams, body: ChangeHook, response: { 200: Hook } } },
    async (request) => {
      const { workspaceId } = callerOfRequest(request)
      const { id } = request.params
      const { url, eventTypes, isActive } = request.body
      if (url !== undefined) requireHookAddress(url, allowPrivateAddresses)
      const row = await database.transaction(async (tx) => {
        // What happened while it was off is not told later.
        if (isActive === true) await startCursorAtHead(tx, workspaceId, workspaceTopic(workspaceId))
        return updateHook(
          tx,
          { workspaceId, id },
          {
            ...(url === undefined ? {} : { url }),
            ...(eventTypes === undefined ? {} : { eventTypes }),
            ...(isActive === undefined ? {} : { isActive }),
          },
        )
      })
      if (row === null) throw new AppError('HOOK_NOT_FOUND', { hookId: id })
      return toHook(row)
    },
  )

  app.post(
    '/api/hooks/:id/secret',
    { config: { access }, schema: { tags, params: IdParams, response: { 200: CreatedHook } } },
    async (request, reply) => {
      const { workspaceId } = callerOfRequest(request)
      const { id } = request.params
      const { secret, sealed } = secrets.make(workspaceId, id)
      const row = await updateHook(database.orm, { workspaceId, id }, { sealedSecret: sealed })
      if (row === null) throw new AppError('HOOK_NOT_FOUND', { hookId: id })
      await secrets.announce(secret, workspaceId)
      return reply.header('cache-control', 'no-store').send({ ...toHook(row), secret })
    },
  )

  app.delete(
    '/api/hooks/:id',
    { config: { access }, schema: { tags, params: IdParams, response: { 204: NoContent } } },
    async (request, reply) => {
      const { id } = request.params
      const isDeleted = await deleteHook(database.orm, callerOfRequest(request).workspaceId, id)
      if (!isDeleted) throw new AppError('HOOK_NOT_FOUND', { hookId: id })
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/hooks/:id/deliveries',
    {
      config: { access },
      schema: { tags, params: IdParams, querystring: PageQuery, response: { 200: pageOf(HookDelivery) } },
    },
    async (request) => {
      const { id } = await requireHook(request, request.params.id)
      const { limit, cursor } = request.query
      const before = decodeCursor(cursor)?.time ?? null
      const rows = await listDeliveries(database.orm, id, { before, limit: limit + 1 })
      return toPage(rows, limit, { item: toDelivery, position: ({ seq, hookId }) => ({ time: seq, id: hookId }) })
    },
  )

  app.post(
    '/api/hooks/:id/deliveries/:seq/redeliver',
    { config: { access }, schema: { tags, params: DeliveryParams, response: { 202: HookDelivery } } },
    async (request, reply) => {
      const { id, workspaceId } = await requireHook(request, request.params.id)
      const { seq } = request.params
      const place = { hookId: id, seq, topic: workspaceTopic(workspaceId) }
      const row = await renewDelivery(database.orm, place, Date.now())
      if (row === null) throw new AppError('HOOK_DELIVERY_NOT_FOUND', { hookId: id, seq })
      return reply.code(202).send(toDelivery(row))
    },
  )

  async function requireHook(request: FastifyRequest, hookId: string): Promise<HookRow> {
    const row = await findHook(database.orm, callerOfRequest(request).workspaceId, hookId)
    if (row === null) throw new AppError('HOOK_NOT_FOUND', { hookId })
    return row
  }
}

function toHook({ id, workflowId, url, eventTypes, isActive, createdAt }: HookRow): Hook {
  return { id, workflowId, url, eventTypes, isActive, createdAt }
}

function toDelivery({ hookId: _, workspaceId: __, ...delivery }: HookDeliveryRow): HookDelivery {
  return delivery
}
