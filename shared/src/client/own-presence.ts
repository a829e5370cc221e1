import type { ClientMessage } from '../protocol/messages.ts'
import type { PresenceState } from '../protocol/presence.ts'

export interface OwnPresenceOptions {
  nextId: () => number
  /** Sends when there is room; a newer state takes the place of an older one. */
  put: (key: string, build: () => ClientMessage | null) => void
}

/** What this client shows of itself beside the executions it follows; told again on each connection. */
export class OwnPresence {
  readonly #options: OwnPresenceOptions
  /** Only of what is followed, so bounded with that. */
  readonly #states = new Map<string, PresenceState>()

  constructor(options: OwnPresenceOptions) {
    this.#options = options
  }

  /** `isWatching`: the server holds a subscription; else it is told as soon as it does. */
  set(executionId: string, state: PresenceState, isWatching: boolean): void {
    this.#states.set(executionId, state)
    if (isWatching) this.tell(executionId)
  }

  /** The server has taken a subscription, and knows nothing of what it was told for an earlier one. */
  tell(executionId: string): void {
    if (!this.#states.has(executionId)) return
    this.#options.put(`presence:${executionId}`, () => {
      const state = this.#states.get(executionId)
      // With an id, so that a refusal is not taken for one of the subscription.
      return state === undefined ? null : { type: 'presence:set', id: this.#options.nextId(), executionId, state }
    })
  }

  drop(executionId: string): void {
    this.#states.delete(executionId)
  }
}
