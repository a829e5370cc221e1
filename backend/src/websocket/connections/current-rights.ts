import type { Identity } from '../identity.ts'
import { mayRead } from './may-read.ts'
import type { RingName } from './unfinished-message.ts'

/** What an identity allows, asked before every write, and so without looking into the identity each time. */
export class CurrentRights {
  readonly #leewayMs: number
  #identity: Identity
  /** Epoch milliseconds after which nothing is written any more. */
  #endsAt: number
  /** The last topic that was found to be allowed; null since the identity is another. Its name, for a ring is large. */
  #readable: string | null = null

  constructor(identity: Identity, leewayMs: number) {
    this.#leewayMs = leewayMs
    this.#identity = identity
    this.#endsAt = endOf(identity, leewayMs)
  }

  /** Never changed in place: what changes rights sets another one. */
  get identity(): Identity {
    return this.#identity
  }

  set identity(identity: Identity) {
    this.#identity = identity
    this.#endsAt = endOf(identity, this.#leewayMs)
    this.#readable = null
  }

  isOver(now: number): boolean {
    return now > this.#endsAt
  }

  mayRead(ring: RingName): boolean {
    if (ring.topic === this.#readable) return true
    if (!mayRead(this.#identity, ring)) return false
    this.#readable = ring.topic
    return true
  }
}

function endOf({ expiresAt }: Identity, leewayMs: number): number {
  return expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt + leewayMs
}
