import { AppError } from '@millrace/shared/errors/app-error'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { Identity } from '../identity.ts'
import type { Connection } from './connection.ts'

/**
 * The connection's user belongs to these workspaces now, in these roles. What it may not read any more ends before
 * anything else is written, whether it is live, replaying or waits for a slow reader.
 */
export function applyMemberships(connection: Connection, memberships: Identity['workspaces']): void {
  const { identity, wire } = connection
  // Keys and streams stay within the workspace they were opened for; a person's socket follows its person.
  const isNarrow = identity.kind === 'apiKey' || !wire.isTwoWay
  const workspaces = isNarrow
    ? memberships.filter(({ id }) => identity.workspaces.some((former) => former.id === id))
    : [...memberships]
  connection.identity = { ...identity, workspaces }
  if (identity.kind === 'apiKey' && workspaces.length === 0) {
    // As at its next request: a key without its workspace is no key.
    connection.close(closeCodes.policy, 'INVALID_TOKEN')
    return
  }
  dropUnreadable(connection, identity.workspaces)
  if (identity.kind === 'user' && wire.isTwoWay && areOthers(identity.workspaces, workspaces)) {
    const held = workspaces.map(({ id, role }) => ({ id, role }))
    connection.send({ type: 'memberships', timestamp: Date.now(), workspaces: held })
  }
  connection.wake()
}

function areOthers(former: Identity['workspaces'], now: Identity['workspaces']): boolean {
  const isHeld = ({ id, role }: { id: string; role: string }) =>
    former.some((one) => one.id === id && one.role === role)
  return former.length !== now.length || !now.every(isHeld)
}

/**
 * Ends subscriptions that the identity does not allow any more; each is told as if there were nothing. Answers that
 * wait for a slow reader may tell of the workspace that is lost, and half a message can be neither finished nor taken
 * back: such a reader comes back. `former`: its workspaces until now.
 */
export function dropUnreadable(connection: Connection, former: Identity['workspaces']): void {
  const { workspaces } = connection.identity
  const isLosing = former.some(({ id }) => !workspaces.some((now) => now.id === id))
  if (!connection.mayFinish || (isLosing && connection.isHoldingBack)) {
    connection.close(closeCodes.tryLater, 'SLOW_CONSUMER')
    return
  }
  for (const subscription of connection.subscriptions.values()) {
    const ring = subscription.topic?.ring
    if (ring === undefined || connection.mayRead(ring)) continue
    connection.dropSubscription(subscription)
    const code = subscription.target.kind === 'execution' ? 'EXECUTION_NOT_FOUND' : 'CHANNEL_NOT_FOUND'
    const { message } = new AppError(code)
    connection.send({ type: 'error', timestamp: Date.now(), ...subscription.address, code, message })
  }
}
