import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Caller, callerOf } from '../policies/caller.ts'
import { type Permission, requirePermission } from '../policies/permissions.ts'
import type { Authenticate, Credentials, Identity } from '../websocket/identity.ts'
import { isFromThisMachine } from './from-this-machine.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may use the route: everybody, everybody who is signed in, or who has a permission in the workspace.
     * Every route below /api names it.
     */
    access?: 'public' | 'signed-in' | Permission
    /** The workspace is `:id` of the address; elsewhere a header names it. */
    isOfWorkspaceInAddress?: boolean
    /** Who opened a share link may use it, for the one execution of the link: `:id` of the address. */
    isOpenToGuests?: boolean
    /** Programs on this machine need no permission; the handler must not ask for the caller. */
    isOpenToThisMachine?: boolean
  }
  interface FastifyRequest {
    identity: Identity | null
    caller: Caller | null
  }
}

/**
 * Authenticates and authorises before anything of the request is read, so that a stranger learns nothing
 * from validation errors. A route below /api that does not say who may use it keeps the process from starting;
 * only those of a plugin below `publicPrefix`, which cannot say it, are open.
 */
export function authenticateRequests(
  app: FastifyInstance,
  authenticate: Authenticate,
  { publicPrefix }: { publicPrefix: string },
): void {
  app.decorateRequest('identity', null)
  app.decorateRequest('caller', null)
  app.addHook('onRoute', ({ url, config }) => {
    if (!url.startsWith('/api/') || `${url}/`.startsWith(`${publicPrefix}/`)) return
    if (config?.access === undefined) throw new Error(`${url} does not say who may use it`)
  })
  app.addHook('onRequest', async (request) => {
    const { access, isOpenToThisMachine = false } = request.routeOptions.config
    if (access === undefined || access === 'public') return
    if (isOpenToThisMachine && isFromThisMachine(request.socket.remoteAddress, request.headers)) return
    request.identity = await authenticate(credentialsOf(request))
    if (request.identity.kind === 'share') keepToShared(request, request.identity)
    if (access === 'signed-in') return
    request.caller = callerOf(request.identity, workspaceIdOf(request))
    requirePermission(request.caller, access)
  })
}

/** A guest knows of one execution; everything else is not there. */
function keepToShared(request: FastifyRequest, { executionId }: Identity): void {
  if (request.routeOptions.config.isOpenToGuests !== true) throw new AppError('NOT_FOUND')
  const asked = idInAddress(request)
  if (asked !== executionId) throw new AppError('EXECUTION_NOT_FOUND', { executionId: asked })
}

function workspaceIdOf(request: FastifyRequest): string | undefined {
  if (request.routeOptions.config.isOfWorkspaceInAddress === true) return idInAddress(request)
  const named = request.headers['x-workspace-id']
  return typeof named === 'string' && request.identity?.kind !== 'share' ? named : undefined
}

function idInAddress({ params }: FastifyRequest): string {
  return (params as { id?: string }).id ?? ''
}

/** What a request shows of who makes it. */
export function credentialsOf({ headers }: FastifyRequest): Credentials {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string' && apiKey !== '') return { apiKey }
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return token === undefined ? {} : { token }
}

/** The caller of a route with a permission. */
export function callerOfRequest(request: FastifyRequest): Caller {
  if (request.caller === null) throw new AppError('NOT_AUTHENTICATED')
  return request.caller
}

/** The person behind a request, for what is done in person only. Throws AppError FORBIDDEN for a key. */
export function personOf(identity: Identity): Identity {
  if (identity.kind !== 'user') throw new AppError('FORBIDDEN')
  return identity
}

/** The identity of a route for who is signed in. */
export function identityOfRequest(request: FastifyRequest): Identity {
  if (request.identity === null) throw new AppError('NOT_AUTHENTICATED')
  return request.identity
}
