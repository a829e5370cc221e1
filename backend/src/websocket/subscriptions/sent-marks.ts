/** Marks are at least this far apart; 64 of them reach over the bound of what may be unacknowledged. */
const markBytesMin = 16 * 1024
const marksMax = 64

/** A folded state may be far larger than an event, and a slow network needs its time for it: it counts as the largest event does. */
const noteBytesMax = 256 * 1024

/**
 * What has been sent of a subscription and not been acknowledged. It keeps places and sums, never what was sent, and
 * credits a place only when everything up to its mark is acknowledged: it may count too much for a moment, never too little.
 */
export class SentMarks {
  #marks: { seq: number; sentBytes: number }[] = []
  #sentBytes = 0
  #ackedBytes = 0

  get unackedBytes(): number {
    return this.#sentBytes - this.#ackedBytes
  }

  /** `seq`: last event that the bytes end with. */
  note(seq: number, bytes: number): void {
    this.#sentBytes += Math.min(bytes, noteBytesMax)
    const [last, former] = [this.#marks.at(-1), this.#marks.at(-2)]
    const isNear = last !== undefined && last.sentBytes - (former?.sentBytes ?? this.#ackedBytes) < markBytesMin
    if (last !== undefined && (isNear || this.#marks.length >= marksMax)) {
      last.seq = seq
      last.sentBytes = this.#sentBytes
    } else {
      this.#marks.push({ seq, sentBytes: this.#sentBytes })
    }
  }

  /** The caller has made sure that `seq` was sent. What goes backwards changes nothing. */
  acknowledge(seq: number): void {
    const first = this.#marks.findIndex((mark) => mark.seq > seq)
    const done = first === -1 ? this.#marks : this.#marks.slice(0, first)
    this.#ackedBytes = Math.max(this.#ackedBytes, done.at(-1)?.sentBytes ?? 0)
    this.#marks = first === -1 ? [] : this.#marks.slice(first)
  }

  /** The numbers mean something else from here on. */
  clear(): void {
    this.#marks = []
    this.#ackedBytes = this.#sentBytes
  }
}
