import { addressGroup } from '../../policies/address-group.ts'
import type { WebSocketSettings } from '../websocket-settings.ts'

/** Counts connections by user, by address and in all, so that no one of them takes what is there for everybody. */
export class ConnectionLimits {
  readonly #settings: Pick<
    WebSocketSettings,
    'connectionsMax' | 'connectionsPerUserMax' | 'connectionsPerLinkMax' | 'connectionsPerAddressMax'
  >
  readonly #byUser = new Map<string, number>()
  readonly #byAddress = new Map<string, number>()
  #count = 0

  constructor(settings: WebSocketSettings) {
    this.#settings = settings
  }

  /** False: one of the bounds is reached, nothing was counted. */
  tryEnter(userId: string, address: string): boolean {
    const { connectionsMax, connectionsPerUserMax, connectionsPerLinkMax, connectionsPerAddressMax } = this.#settings
    const ofUserMax = isOfLink(userId) ? connectionsPerLinkMax : connectionsPerUserMax
    const group = addressGroup(address)
    const isFull =
      this.#count >= connectionsMax ||
      (this.#byUser.get(userId) ?? 0) >= ofUserMax ||
      (this.#byAddress.get(group) ?? 0) >= connectionsPerAddressMax
    if (isFull) return false
    this.#count += 1
    add(this.#byUser, userId, 1)
    add(this.#byAddress, group, 1)
    return true
  }

  hasUser(userId: string): boolean {
    return this.#byUser.has(userId)
  }

  leave(userId: string, address: string): void {
    this.#count -= 1
    add(this.#byUser, userId, -1)
    add(this.#byAddress, addressGroup(address), -1)
  }
}

/** Everybody who opened one share link is one user here; ids of people have no colon. */
function isOfLink(userId: string): boolean {
  return userId.startsWith('share:')
}

function add(counts: Map<string, number>, key: string, delta: number): void {
  const next = (counts.get(key) ?? 0) + delta
  if (next > 0) counts.set(key, next)
  else counts.delete(key)
}
