import type { Missing, Subscription } from '../subscriptions/subscription.ts'

/** A subscription that cannot go on before something is fetched. */
export interface Lacking {
  subscription: Subscription
  missing: Missing
}

/** Of those that lack something whoever has waited longest for a fetch is the next. */
export class FetchTurns {
  #turn = 0

  next(lacking: readonly Lacking[]): Lacking | undefined {
    const [next] = lacking.toSorted((one, other) => one.subscription.fetchedTurn - other.subscription.fetchedTurn)
    if (next === undefined) return undefined
    this.#turn += 1
    next.subscription.fetchedTurn = this.#turn
    return next
  }
}
