import type { Answerer, PromptInputType } from '@millrace/shared/events/user-input'
import type { FormField } from '@millrace/shared/nodes/field'
import { approveChoices, type PromptChoice } from '@millrace/shared/nodes/prompt'

/** What answering needs of a question: as the API lists it, as a run's view holds it, or as a link shows it. */
export interface AnyPrompt {
  requestId: string
  prompt: string
  inputType: PromptInputType
  choices?: readonly PromptChoice[] | null | undefined
  fields?: readonly FormField[] | null | undefined
  status: 'open' | 'answered' | 'expired' | 'withdrawn'
  response?: Record<string, unknown> | null | undefined
  answeredBy?: Answerer | null | undefined
  /** Epoch milliseconds. */
  answeredAt?: number | null | undefined
}

/** The ways to answer; empty for forms and texts. */
export function choicesOf(prompt: AnyPrompt): readonly PromptChoice[] {
  if (prompt.inputType === 'approval')
    return prompt.choices != null && prompt.choices.length > 0 ? prompt.choices : approveChoices
  return prompt.inputType === 'choice' ? (prompt.choices ?? []) : []
}

/** The answer in words: the choice's label, the text, or the number of fields. */
export function answerWords(prompt: AnyPrompt, response: Record<string, unknown> | null | undefined): string | null {
  if (response == null) return null
  if (typeof response.choice === 'string') {
    return choicesOf(prompt).find((choice) => choice.id === response.choice)?.label ?? response.choice
  }
  if (typeof response.text === 'string') return shorten(response.text)
  const parts = Object.entries(response).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return shorten(parts.join(', '))
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
