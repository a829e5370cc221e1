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
  /** Set the installation up. */
  isInstaller?: boolean
  apiKeyId: string | null
}

/**
 * Settles the workspace: the one that `requestedId` names, else the one joined first. Throws AppError
 * WORKSPACE_NOT_FOUND for a workspace that is not the identity's, and for who belongs to none.
 */
export function callerOf(identity: Identity, requestedId: string | undefined): Caller {
  const { workspaces } = identity
  const workspace = requestedId === undefined ? workspaces[0] : workspaces.find(({ id }) => id === requestedId)
  if (workspace === undefined) throw new AppError('WORKSPACE_NOT_FOUND')
  return {
    userId: identity.userId,
    name: identity.name,
    workspaceId: workspace.id,
    role: workspace.role,
    scopes: identity.scopes ?? null,
    isInstaller: identity.isInstaller ?? false,
    apiKeyId: identity.kind === 'apiKey' ? (identity.credentialId ?? null) : null,
  }
}

/** As whose doing others see what this caller does: a key is told apart from its person. */
export function shownNameOf({ name, apiKeyId }: Caller): string {
  return apiKeyId === null ? name : `${name} (API key)`
}

/** To whom events of this caller's doings belong. */
export function ownerOf(caller: Caller): EventOwner {
  return { workspaceId: caller.workspaceId, userId: caller.userId }
}

/** Callers whose idempotency keys never meet: what one person does in two workspaces are two things. */
export function callerKey({ userId, apiKeyId, workspaceId }: Caller): string {
  return `${apiKeyId === null ? `user:${userId}` : `api-key:${apiKeyId}`}@${workspaceId}`
}

/** The same of who asks for something of no workspace; and by what limits count somebody. */
export function identityKey({ kind, userId, credentialId = '' }: Identity): string {
  return kind === 'apiKey' ? `api-key:${credentialId}` : `user:${userId}`
}
