import type { Role } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventOwner } from '@millrace/temporal/ports'
import type { Identity } from '../websocket/identity.ts'

/** Who makes a request, in the one workspace that the request is about. */
export interface Caller {
  userId: string
  /** As others see it. */
  name: string
  workspaceId: string
  role: Role
  /** Null: signed in as a person. */
  scopes: readonly string[] | null
  apiKeyId: string | null
}

/**
 * Settles the workspace: the one that `requestedId` names, else the only one there is. Throws AppError
 * NOT_FOUND for a workspace that is not the identity's, INVALID_INPUT when there are several and none is named.
 */
export function callerOf(identity: Identity, requestedId: string | undefined): Caller {
  const { workspaces } = identity
  const header = 'X-Workspace-Id'
  if (requestedId === undefined && workspaces.length > 1) {
    throw new AppError('INVALID_INPUT', { header }, { message: `Name the workspace in the header ${header}.` })
  }
  const workspace = requestedId === undefined ? workspaces[0] : workspaces.find(({ id }) => id === requestedId)
  if (workspace === undefined) throw new AppError('NOT_FOUND', { header })
  return {
    userId: identity.userId,
    name: identity.name,
    workspaceId: workspace.id,
    role: workspace.role,
    scopes: identity.scopes ?? null,
    apiKeyId: identity.kind === 'apiKey' ? (identity.credentialId ?? null) : null,
  }
}

/** To whom events of this caller's doings belong. */
export function ownerOf(caller: Caller): EventOwner {
  return { workspaceId: caller.workspaceId, userId: caller.userId }
}

/** Callers whose idempotency keys never meet. */
export function callerKey(caller: Caller): string {
  return caller.apiKeyId === null ? `user:${caller.userId}` : `api-key:${caller.apiKeyId}`
}
