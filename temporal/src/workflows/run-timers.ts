import { CancellationScope, sleep } from '@temporalio/workflow'

/** Timers of one run by id. Kept with their absolute time, for a fresh history has to set them anew. */
export class RunTimers {
  readonly #parent: CancellationScope
  readonly #onFired: (timerId: string) => void
  readonly #timers = new Map<string, { scope: CancellationScope; fireAt: number }>()

  constructor(parent: CancellationScope, onFired: (timerId: string) => void) {
    this.#parent = parent
    this.#onFired = onFired
  }

  /** A time that has passed already fires in the next workflow task. */
  start(timerId: string, fireAt: number): void {
    this.cancel(timerId)
    const scope = new CancellationScope({ cancellable: true, parent: this.#parent })
    this.#timers.set(timerId, { scope, fireAt })
    scope
      .run(() => sleep(Math.max(1, fireAt - Date.now())))
      .then(
        () => {
          this.#timers.delete(timerId)
          this.#onFired(timerId)
        },
        // Cancelled: whoever did it knows.
        () => undefined,
      )
  }

  cancel(timerId: string): void {
    const timer = this.#timers.get(timerId)
    this.#timers.delete(timerId)
    timer?.scope.cancel()
  }

  cancelAll(): void {
    for (const timerId of this.#timers.keys()) this.cancel(timerId)
  }

  pending(): { timerId: string; fireAt: number }[] {
    return [...this.#timers].map(([timerId, { fireAt }]) => ({ timerId, fireAt }))
  }
}
