import { secretCharactersMin, secretMask } from '../events/secret-masker.ts'

/**
 * Takes a secret out of a text that comes piece by piece, also where it is spread over pieces: an end that
 * could be the beginning of the secret waits for what follows. Holds less than the secret's length.
 */
export class PassageMask {
  readonly #secret: string
  #held = ''

  /** A secret too short to be told from ordinary text is not looked for. */
  constructor(secret: string) {
    this.#secret = secret.length < secretCharactersMin ? '' : secret
  }

  /** What may be said now; empty while all of it could still become the secret. */
  take(piece: string): string {
    if (this.#secret === '') return piece
    const text = (this.#held + piece).replaceAll(this.#secret, secretMask)
    const heldCount = this.#beginningAtEnd(text)
    this.#held = text.slice(text.length - heldCount)
    return text.slice(0, text.length - heldCount)
  }

  /** The rest, once nothing follows. */
  end(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }

  /** Length of the longest end of the text with which the secret begins. */
  #beginningAtEnd(text: string): number {
    for (let length = Math.min(text.length, this.#secret.length - 1); length > 0; length -= 1) {
      if (text.endsWith(this.#secret.slice(0, length))) return length
    }
    return 0
  }
}
