import type { ValidationResult } from '@millrace/shared/api/workflows'
import { AppError } from '@millrace/shared/errors/app-error'
import { isRunnable, validateDefinition } from '@millrace/shared/graph/validate'
import { identityKey } from '../policies/caller.ts'
import { TokenBuckets } from '../websocket/connections/token-buckets.ts'
import type { Identity } from '../websocket/identity.ts'

/** What a token of a caller's rate stands for, in characters of JSON: checking them takes a few milliseconds at worst. */
const charactersPerToken = 4096

/** Half a mebibyte a second and a whole one at once, the largest drawing: a caller cannot have more than about half a core. */
const tokensPerSecond = 128

/** Looks for problems in drawings, which costs more the larger they are; the rate of a caller is one over all ways in. */
export class DrawingChecks {
  readonly #rates = new TokenBuckets(tokensPerSecond)

  /** Stores nothing. Throws AppError RATE_LIMITED. */
  check(identity: Identity, definition: unknown): ValidationResult {
    const characters = JSON.stringify(definition)?.length ?? 0
    // Beyond the largest drawing the answer is short, and so is the way to it.
    const tokens = Math.min(1 + Math.floor(characters / charactersPerToken), 2 * tokensPerSecond)
    if (!this.#rates.take(identityKey(identity), Date.now(), tokens)) {
      throw new AppError('RATE_LIMITED', { retryAfterMs: Math.ceil((1000 * tokens) / tokensPerSecond) })
    }
    const problems = validateDefinition(definition)
    return { valid: isRunnable(problems), problems }
  }
}
