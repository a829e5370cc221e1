import type { AttemptView, NodeView } from '@millrace/shared/engine/execution-view'

/** The current try of the current round. */
export function currentAttempt(node: NodeView): AttemptView | null {
  const last = node.attempts.at(-1)
  return last !== undefined && last.iteration === node.iteration ? last : null
}

/** Tokens per second of an attempt; null while too little has come to say. `now` in epoch milliseconds. */
export function tokensPerSecond(attempt: AttemptView, now: number): number | null {
  const elapsedMs = (attempt.finishedAt ?? now) - attempt.startedAt
  return attempt.tokens < 2 || elapsedMs < 500 ? null : attempt.tokens / (elapsedMs / 1000)
}
