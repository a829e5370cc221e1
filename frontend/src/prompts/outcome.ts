import type { AnswerAccepted } from '@millrace/shared/api/prompts'
import { isApiError } from '../api/api-error.ts'
import type { Outcome } from './answered-note.tsx'
import { type AnyPrompt, answerWords } from './any-prompt.ts'

/** What the question itself says about its end; null while it is open. `userId`: who looks at it. */
export function outcomeOf(prompt: AnyPrompt, userId: string | null): Outcome | null {
  if (prompt.status === 'open') return null
  if (prompt.status !== 'answered') return { kind: prompt.status, who: null, what: null, note: null, at: null }
  const isMine = userId !== null && prompt.answeredBy?.userId === userId
  return {
    kind: isMine ? 'mine' : 'other',
    who: prompt.answeredBy?.name ?? null,
    what: answerWords(prompt, prompt.response),
    note: noteOf(prompt.response),
    at: prompt.answeredAt ?? null,
  }
}

export function acceptedOutcome(prompt: AnyPrompt, answer: AnswerAccepted): Outcome {
  return {
    kind: 'mine',
    who: answer.answeredBy.name,
    what: answerWords(prompt, answer.response),
    note: noteOf(answer.response),
    at: answer.answeredAt,
  }
}

/**
 * What a refused answer says about the question; null when the refusal is about the answer. `userId`: who gave it; one
 * that they gave before, without hearing that it counted, is theirs.
 */
export function refusedOutcome(prompt: AnyPrompt, error: unknown, userId: string | null): Outcome | null {
  if (!isApiError(error)) return null
  const details = error.details ?? {}
  if (error.code === 'PROMPT_CLOSED') {
    return { kind: details.status === 'expired' ? 'expired' : 'withdrawn', who: null, what: null, note: null, at: null }
  }
  if (error.code !== 'PROMPT_ALREADY_ANSWERED') return null
  const answerer = details.answeredBy
  const answererId =
    typeof answerer === 'object' && answerer !== null && 'userId' in answerer ? answerer.userId : undefined
  const response = details.response as Record<string, unknown> | null | undefined
  const name = typeof answerer === 'object' && answerer !== null && 'name' in answerer ? answerer.name : answerer
  return {
    kind: userId !== null && answererId === userId ? 'mine' : 'other',
    who: typeof name === 'string' ? name : null,
    what: answerWords(prompt, response),
    note: noteOf(response),
    at: typeof details.answeredAt === 'number' ? details.answeredAt : null,
  }
}

function noteOf(response: Record<string, unknown> | null | undefined): string | null {
  if (typeof response?.choice !== 'string' || typeof response.text !== 'string' || response.text === '') return null
  return response.text
}
