import type { Subscription } from '../subscriptions/subscription.ts'

/** What a connection follows, and what it is about to: of each name at most one of both. */
export class HeldSubscriptions {
  /** Those that are told what happens. */
  readonly open = new Map<string, Subscription>()
  /** Those that are being opened. What has the same name already goes on until they are. */
  readonly openings = new Map<string, Subscription>()
  readonly #onRelease: (subscription: Subscription) => void

  /** `onRelease` is told of each that lets go of its topic. */
  constructor(onRelease: (subscription: Subscription) => void) {
    this.#onRelease = onRelease
  }

  /** Names that are taken, without the own topic, which nobody asked for. */
  get count(): number {
    let count = 0
    for (const { target } of this.open.values()) if (target.kind !== 'own') count += 1
    for (const { target, key } of this.openings.values()) if (target.kind !== 'own' && !this.open.has(key)) count += 1
    return count
  }

  /** Bytes sent that the other end has not said to have; 0 for who does not acknowledge. */
  get unackedBytes(): number {
    let bytes = 0
    for (const { marks } of this.open.values()) bytes += marks?.unackedBytes ?? 0
    return bytes
  }

  get isEmpty(): boolean {
    return this.open.size === 0 && this.openings.size === 0
  }

  has(key: string): boolean {
    return this.open.has(key) || this.openings.has(key)
  }

  /** Takes the name of a subscription before it is open, and drops one of the same name that is not open either: the last wish counts. */
  reserve(subscription: Subscription): void {
    const former = this.openings.get(subscription.key)
    if (former !== undefined) this.drop(former)
    this.openings.set(subscription.key, subscription)
  }

  /** It is open: whatever had its name is told nothing more. */
  adopt(subscription: Subscription): void {
    const { key } = subscription
    if (this.openings.get(key) === subscription) this.openings.delete(key)
    const former = this.open.get(key)
    this.open.set(key, subscription)
    if (former !== undefined) this.drop(former)
  }

  drop(subscription: Subscription): void {
    if (subscription.isGone) return
    subscription.state = 'gone'
    for (const held of [this.open, this.openings]) {
      if (held.get(subscription.key) === subscription) held.delete(subscription.key)
    }
    this.#onRelease(subscription)
  }

  /** Lets go of what was read and not yet written; it is read again when it can be. */
  releasePages(): void {
    for (const subscription of this.open.values()) subscription.releasePage()
  }

  /** Whatever has that name, open or not yet. */
  dropNamed(key: string): void {
    for (const held of [this.openings.get(key), this.open.get(key)]) if (held !== undefined) this.drop(held)
  }

  dropAll(): void {
    for (const held of [this.open, this.openings]) for (const subscription of held.values()) this.drop(subscription)
  }
}
