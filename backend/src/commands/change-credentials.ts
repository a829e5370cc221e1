import type { CreateCredential, Credential } from '@millrace/shared/api/credentials'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventOwner } from '@millrace/temporal/ports'
import type { CredentialVault } from '../auth/credential-vault.ts'
import { type Caller, ownerOf } from '../policies/caller.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import { countCredentials, deleteCredential, findCredential } from '../repositories/credentials.ts'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import { holdWorkspace } from './hold-workspace.ts'

export interface CredentialDeps {
  database: Database
  vault: CredentialVault
  events: { emit(owner: EventOwner, drafts: EventDraft[]): Promise<unknown> }
}

/** The only nodes that use credentials. */
const nodeTypes = ['llm']

/**
 * Keeps a key of another service. The first one of a provider makes it available to the workspace, which is told.
 * Throws AppError WORKSPACE_NOT_FOUND, FORBIDDEN, LIMIT_REACHED.
 */
export async function addCredential(
  deps: CredentialDeps,
  caller: Caller,
  given: CreateCredential,
): Promise<Credential> {
  const credential = await deps.vault.add(caller, given, async (tx) => {
    await holdWorkspace(tx, caller, 'manageCredentials')
    const { credentialsPerWorkspaceMax } = membershipLimits
    if ((await countCredentials(tx, caller.workspaceId)) >= credentialsPerWorkspaceMax) {
      throw new AppError('LIMIT_REACHED', { credentialsPerWorkspaceMax })
    }
  })
  const count = await countCredentials(deps.database.orm, caller.workspaceId, credential.provider)
  if (count === 1) await tell(deps, caller, { provider: credential.provider, available: true })
  return credential
}

/** Forgets a key; with the last one of a provider it is no longer available. Throws AppError CREDENTIAL_NOT_FOUND. */
export async function removeCredential(deps: CredentialDeps, caller: Caller, credentialId: string): Promise<void> {
  const { orm } = deps.database
  const { workspaceId } = caller
  const row = await findCredential(orm, workspaceId, credentialId)
  const isDeleted = row !== null && (await deleteCredential(orm, workspaceId, credentialId))
  if (!isDeleted) throw new AppError('CREDENTIAL_NOT_FOUND', { credentialId })
  const { provider } = row
  const count = await countCredentials(orm, workspaceId, provider)
  if (count === 0) await tell(deps, caller, { provider, available: false })
}

async function tell(
  { events }: CredentialDeps,
  caller: Caller,
  change: { provider: string; available: boolean },
): Promise<void> {
  const id = eventId({ nodePath: null, type: 'registry:updated', ordinal: newId() })
  await events.emit(ownerOf(caller), [
    { type: 'registry:updated', eventId: id, timestamp: Date.now(), ...change, nodeTypes },
  ])
}
