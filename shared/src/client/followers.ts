import type { SubscriptionHooks } from './subscription-hooks.ts'

/**
 * Who follows one thing. Who comes later is welcomed with what the others know already: in a turn of its own, for
 * a caller expects nothing before it has the function that stops it. Until then it is told nothing else, so
 * nothing reaches it twice.
 */
export class Followers<Follower> {
  readonly #hooks: Pick<SubscriptionHooks, 'timers' | 'contain'>
  readonly #greet: (follower: Follower) => void
  readonly #told = new Set<Follower>()
  readonly #newcomers = new Set<Follower>()
  #timer: unknown = null

  /** `greet` tells one follower how things are. */
  constructor(hooks: Pick<SubscriptionHooks, 'timers' | 'contain'>, greet: (follower: Follower) => void) {
    this.#hooks = hooks
    this.#greet = greet
  }

  get count(): number {
    return this.#told.size + this.#newcomers.size
  }

  *[Symbol.iterator](): Iterator<Follower> {
    yield* this.#told
    yield* this.#newcomers
  }

  /** `isNewsDue`: the others know something already. */
  add(follower: Follower, isNewsDue: boolean): void {
    if (!isNewsDue) {
      this.#told.add(follower)
      return
    }
    this.#newcomers.add(follower)
    this.#timer ??= this.#hooks.timers.setTimeout(() => this.welcome(), 0)
  }

  remove(follower: Follower): void {
    this.#told.delete(follower)
    this.#newcomers.delete(follower)
  }

  /** Now, because what comes next is not part of how things are: an event. */
  welcome(): void {
    if (this.#newcomers.size === 0) return
    this.#cancelTimer()
    const newcomers = [...this.#newcomers]
    for (const follower of newcomers) {
      if (!this.#newcomers.delete(follower)) continue
      this.#told.add(follower)
      this.#greet(follower)
    }
  }

  /** Newcomers are not among them: they hear it when they are welcomed. */
  tell(call: (follower: Follower) => void): void {
    // A copy: who is added by a handler does not hear what it was added for, who is removed hears no more.
    const told = [...this.#told]
    for (const follower of told) {
      if (this.#told.has(follower)) this.#hooks.contain(() => call(follower))
    }
  }

  clear(): void {
    this.#told.clear()
    this.#newcomers.clear()
    this.#cancelTimer()
  }

  #cancelTimer(): void {
    if (this.#timer !== null) this.#hooks.timers.clearTimeout(this.#timer)
    this.#timer = null
  }
}
