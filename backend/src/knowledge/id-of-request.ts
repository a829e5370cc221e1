import { createHash } from 'node:crypto'
import { newId } from '../repositories/new-id.ts'

/**
 * The id of what a request creates: with an idempotency seed the same in every try of it, so that a try after a crash
 * finds what the first one made. `part` tells several things of one request apart.
 */
export function idOfRequest(seed: string | null, part: string | number): string {
  return seed === null ? newId() : createHash('sha256').update(`${seed}\n${part}`).digest('base64url').slice(0, 20)
}
