import { inspect } from 'node:util'

const redacted = '[redacted]'

/** A text that shows itself only when asked: printed, logged, serialised or inspected it reads `[redacted]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The text itself. Hand it on to what needs it, and to nothing else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}
