import type { Timers } from '../timers.ts'

/** The two clocks of a host may differ by this without a sleep between, milliseconds: one is corrected in small steps. */
const correctionMsMax = 1000

/**
 * Measures spans, sleep included: somebody may set the wall clock back, and the other clock of some hosts stands still
 * while a computer sleeps.
 */
export class SteadyClock {
  readonly #timers: Pick<Timers, 'now' | 'monotonic'>
  /** How far the wall clock is ahead of the other one. */
  #lead: number
  #sleptMs = 0

  constructor(timers: Pick<Timers, 'now' | 'monotonic'>) {
    this.#timers = timers
    this.#lead = timers.now() - timers.monotonic()
  }

  /** Milliseconds since some moment; never goes back. */
  now(): number {
    const running = this.#timers.monotonic()
    const lead = this.#timers.now() - running
    // Ahead all at once: a sleep. Set forward looks the same, and a span that is thought too long harms nobody.
    if (lead - this.#lead > correctionMsMax) this.#sleptMs += lead - this.#lead
    if (lead < this.#lead || lead - this.#lead > correctionMsMax) this.#lead = lead
    return running + this.#sleptMs
  }
}
