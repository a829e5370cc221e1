import { z } from 'zod'

/**
 * Control characters are in no id that was ever given out, databases refuse U+0000 outright, and U+FFFD stands where
 * a character was that no text may have.
 */
const printable = /^[^\p{Cc}\uFFFD]+$/u

function identifier(charactersMax: number) {
  return z.string().min(1).max(charactersMax).regex(printable, 'An id has no control characters.')
}

/** Of an execution, workflow, workspace, node and whatever else has an id of its own. */
export const Identifier = identifier(64)

/** Of a channel: a family and an id. */
export const ChannelName = identifier(128)

/** Of a question: an execution's id and a node's path. */
export const RequestId = identifier(300)

/** Of a node in the rounds of the loops around it. */
export const NodePath = identifier(200)

/** Under which a command counts once; as long as the header `Idempotency-Key` may be. */
export const IdempotencyKey = identifier(255)
