import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { LiveConnections } from '../policies/live-authority.ts'
import { applyMemberships } from './connections/apply-memberships.ts'
import type { Connection } from './connections/connection.ts'
import type { ConnectionLimits } from './connections/connection-limits.ts'
import type { DeliveryLease } from './delivery-lease.ts'
import type { Identity } from './identity.ts'
import type { LongPolls } from './long-polls.ts'
import { RevokedCredentials } from './revoked-credentials.ts'

export interface LiveRightsDeps {
  connections: Iterable<Connection>
  limits: Pick<ConnectionLimits, 'hasUser'>
  longPolls: LongPolls
  lease: DeliveryLease
}

/** Follows what becomes of the rights of who is connected or waits: closes, narrows, holds back. */
export class LiveRights implements LiveConnections {
  readonly #connections: Iterable<Connection>
  readonly #limits: LiveRightsDeps['limits']
  readonly #longPolls: LongPolls
  readonly #lease: DeliveryLease
  readonly #revoked = new RevokedCredentials()

  constructor({ connections, limits, longPolls, lease }: LiveRightsDeps) {
    this.#connections = connections
    this.#limits = limits
    this.#longPolls = longPolls
    this.#lease = lease
  }

  /** Whether rights are unknown now. */
  get isHeld(): boolean {
    return this.#lease.isHeld
  }

  hasUser(userId: string): boolean {
    return this.#limits.hasUser(userId)
  }

  /** Ends what is open and what waits in the name of identities that lost their right, at once. Answers how many those were. */
  disconnect(isMeant: (identity: Identity) => boolean, code: ErrorCode): number {
    const meant = [...this.#connections].filter(({ identity }) => isMeant(identity))
    for (const connection of meant) connection.close(errorCatalogue[code].wsCloseCode ?? closeCodes.policy, code)
    return meant.length + this.#longPolls.end(isMeant, code)
  }

  revoke(credentialId: string): number {
    this.#revoked.add(credentialId, Date.now())
    return this.disconnect((identity) => identity.credentialId === credentialId, 'INVALID_TOKEN')
  }

  askAgain(): number {
    return this.disconnect(() => true, 'SERVER_LEAVING')
  }

  /** Share links are apart: their right hangs on nobody's membership. */
  setMemberships(userId: string, workspaces: Identity['workspaces']): void {
    for (const connection of this.#connections) {
      const { identity } = connection
      if (identity.userId === userId && identity.kind !== 'share') applyMemberships(connection, workspaces)
    }
    const isLost = (id: string) => !workspaces.some((workspace) => workspace.id === id)
    this.#longPolls.end(
      (identity) => identity.userId === userId && identity.workspaces.some(({ id }) => isLost(id)),
      'EXECUTION_NOT_FOUND',
    )
  }

  trustUntil(untilMs: number): void {
    if (!this.#lease.extend(untilMs)) return
    for (const connection of this.#connections) connection.wake()
    this.#longPolls.wake()
  }

  /** Ends what was accepted in the name of a credential while it was being revoked. */
  sweep(now: number): void {
    this.#revoked.forgetOld(now)
    if (this.#revoked.count > 0) {
      this.disconnect(({ credentialId }) => this.#revoked.has(credentialId), 'INVALID_TOKEN')
    }
  }
}
