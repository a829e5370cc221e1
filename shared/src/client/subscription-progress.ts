import type { ErrorBody } from '../errors/app-error.ts'
import type { ServerMessageOf } from '../protocol/messages.ts'
import { GrowingRetry } from './growing-retry.ts'
import { endsWithConnection, errorBodyOf, isWorthRetrying, type SubscriptionHooks } from './subscription-hooks.ts'

/**
 * awaiting: its `subscribed` has not come; older frames of the same subscription are ignored.
 * catching-up: replay or snapshot is coming. live: at the head. ended, failed: nothing more will come.
 */
export type SubscriptionPhase = 'awaiting' | 'catching-up' | 'live' | 'ended' | 'failed'

/** How far one subscription is with the server, whatever it is of: asked, answered, at the head, over. */
export class SubscriptionProgress {
  readonly #hooks: SubscriptionHooks
  readonly #retry: GrowingRetry
  readonly #onBehind: () => void
  #phase: SubscriptionPhase = 'awaiting'
  /** `id` of the subscribe message whose answer counts. */
  #awaitedId: number | null = null
  #failure: ErrorBody | null = null

  /** `onBehind`: it was live and is no longer. */
  constructor(hooks: SubscriptionHooks, onBehind: () => void = () => undefined) {
    this.#hooks = hooks
    this.#onBehind = onBehind
    this.#retry = new GrowingRetry(hooks)
  }

  get phase(): SubscriptionPhase {
    return this.#phase
  }

  /** Why it cannot be followed. */
  get failure(): ErrorBody | null {
    return this.#failure
  }

  get isLive(): boolean {
    return this.#phase === 'live'
  }

  get isOver(): boolean {
    return this.#phase === 'ended' || this.#phase === 'failed'
  }

  get isSettled(): boolean {
    return this.isLive || this.isOver
  }

  /** The server holds a subscription and has said so. */
  get isWatching(): boolean {
    return this.#phase === 'catching-up' || this.isLive
  }

  /** Asks the server, for the first time or anew: what it says from here on counts only after its answer. */
  await(): void {
    this.#awaitedId = null
    this.#fallBehind('awaiting')
    this.#hooks.requestSubscribe()
    this.#hooks.onProgress()
  }

  /** A new connection, or a first one: what was promised on the old one is void. */
  handleConnected(): void {
    if (this.#failure !== null && endsWithConnection(this.#failure)) {
      this.#failure = null
      this.#phase = 'awaiting'
    }
    if (!this.isOver) this.await()
  }

  handleDisconnected(): void {
    this.#awaitedId = null
    this.#retry.cancel()
    if (!this.isOver) this.#fallBehind('awaiting')
  }

  /** The subscribe message leaves now, under this id. False: nothing is to be asked. */
  ask(id: number): boolean {
    if (this.#phase !== 'awaiting') return false
    this.#awaitedId = id
    return true
  }

  isAnswer(id: ServerMessageOf<'subscribed'>['id']): boolean {
    return this.#awaitedId !== null && id === this.#awaitedId
  }

  /** The server has said yes. */
  begin(): void {
    this.#awaitedId = null
    this.#phase = 'catching-up'
    this.#retry.succeed()
  }

  /** Continuity was lost: what is missing comes on the same subscription. */
  beginAnew(): void {
    this.#fallBehind('catching-up')
  }

  /** Nothing is missing any more. */
  arrive(): void {
    this.#phase = 'live'
  }

  /** It was all there is. */
  end(): void {
    this.#phase = 'ended'
  }

  /** The error when it cannot be followed; null: not about this, or it is asked again later. */
  refuse(message: ServerMessageOf<'error'>): ErrorBody | null {
    if (this.isOver || (message.id !== undefined && !this.isAnswer(message.id))) return null
    this.#awaitedId = null
    const error = errorBodyOf(message)
    if (isWorthRetrying(error)) {
      this.#fallBehind('awaiting')
      this.#retry.later(() => {
        if (this.#phase === 'awaiting' && this.#awaitedId === null) this.await()
      })
      return null
    }
    this.#phase = 'failed'
    this.#failure = error
    return error
  }

  dispose(): void {
    this.#retry.cancel()
    this.#phase = 'failed'
  }

  #fallBehind(phase: 'awaiting' | 'catching-up'): void {
    const wasLive = this.isLive
    this.#phase = phase
    if (wasLive) this.#onBehind()
  }
}
