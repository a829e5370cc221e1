import type { EventError } from '../../events/envelope.ts'
import { type AttemptView, viewLimits } from '../execution-view.ts'

type Key = Pick<AttemptView, 'attempt' | 'iteration'>

/** Begins an attempt; one that is known already stays as it is. The oldest goes when there are too many. */
export function beginAttempt(attempts: AttemptView[], key: Key, startedAt: number): AttemptView[] {
  if (attempts.some((one) => isSame(one, key))) return attempts
  const begun: AttemptView = {
    ...key,
    status: 'running',
    startedAt,
    finishedAt: null,
    text: '',
    tokens: 0,
    error: null,
    nextRetryAt: null,
  }
  return [...attempts, begun].slice(-viewLimits.attemptsKeptPerNodeMax)
}

/** Adds a passage to its own attempt: texts of different attempts never mix. */
export function appendText(
  attempts: AttemptView[],
  key: Key,
  { chunk, offset, tokens = 0 }: { chunk: string; offset: number; tokens?: number | undefined },
): AttemptView[] {
  return change(attempts, key, (one) => {
    // A passage below the end is one that is known already.
    if (offset < one.text.length) return one
    // Cut at the bound itself, so that merged passages end in the same text as single ones.
    const room = viewLimits.attemptTextCharactersMax - one.text.length
    return { ...one, text: room > 0 ? one.text + chunk.slice(0, room) : one.text, tokens: one.tokens + tokens }
  })
}

export function failAttempt(
  attempts: AttemptView[],
  key: Key,
  failure: { finishedAt: number; error: EventError; nextRetryAt: number | null },
): AttemptView[] {
  return change(attempts, key, (one) => ({ ...one, status: 'failed', ...failure }))
}

export function endAttempt(
  attempts: AttemptView[],
  key: Key,
  status: 'completed' | 'cancelled',
  finishedAt: number,
): AttemptView[] {
  return change(attempts, key, (one) => (one.status === 'running' ? { ...one, status, finishedAt } : one))
}

function change(attempts: AttemptView[], key: Key, update: (one: AttemptView) => AttemptView): AttemptView[] {
  const index = attempts.findLastIndex((one) => isSame(one, key))
  const found = attempts[index]
  if (found === undefined) return attempts
  const updated = update(found)
  return updated === found ? attempts : attempts.with(index, updated)
}

function isSame(one: AttemptView, key: Key): boolean {
  return one.attempt === key.attempt && one.iteration === key.iteration
}
