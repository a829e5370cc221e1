import { useEffect, useState } from 'react'
import { initialDraft } from '../ui/form-values.ts'
import { type AnyPrompt, choicesOf } from './any-prompt.ts'
import { type AnswerDraft, dropDraft, keepDraft, readDraft } from './draft-storage.ts'

/** How long after the last key a draft is stored, in milliseconds. */
const keepAfterMs = 300

function freshDraft(prompt: AnyPrompt): AnswerDraft {
  const texts = Object.fromEntries(
    choicesOf(prompt).flatMap((choice) => (choice.text === undefined ? [] : [[choice.id, choice.text.initial]])),
  )
  return { choice: null, texts, fields: initialDraft(prompt.fields ?? []) }
}

/**
 * The answer being written, restored after a reload and stored while it changes. Key the component by `requestId`.
 * @param ownerId whose draft it is.
 */
export function useAnswerDraft(prompt: AnyPrompt, ownerId: string) {
  const { requestId } = prompt
  const [draft, setDraft] = useState<AnswerDraft>(() => {
    const fresh = freshDraft(prompt)
    const kept = readDraft(ownerId, requestId)
    return kept === null
      ? fresh
      : { choice: kept.choice, texts: { ...fresh.texts, ...kept.texts }, fields: { ...fresh.fields, ...kept.fields } }
  })
  const [isChanged, setChanged] = useState(false)
  const [isKept, setKept] = useState(() => readDraft(ownerId, requestId) !== null)

  useEffect(() => {
    if (!isChanged) return
    const timer = setTimeout(() => setKept(keepDraft(ownerId, requestId, draft)), keepAfterMs)
    return () => clearTimeout(timer)
  }, [draft, isChanged, ownerId, requestId])

  return {
    draft,
    isKept,
    change(next: Partial<AnswerDraft>) {
      setChanged(true)
      setKept(false)
      setDraft((before) => ({ ...before, ...next }))
    },
    drop() {
      setChanged(false)
      dropDraft(ownerId, requestId)
    },
  }
}
