import clsx from 'clsx'
import { CloudOff } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { errorCodeText, errorMessage, fieldErrors } from '../api/api-error.ts'
import { useMay } from '../api/rights.ts'
import { useSession } from '../stores/session-store.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { FormFields } from '../ui/form-fields.tsx'
import { readForm } from '../ui/form-values.ts'
import { submitKeys } from '../ui/submit-keys.ts'
import { Textarea } from '../ui/textarea.tsx'
import { useAnswerDraft } from './answer-draft.ts'
import { useAnswerKeys } from './answer-keys.ts'
import { AnsweredNote, type Outcome } from './answered-note.tsx'
import { type AnyPrompt, choicesOf } from './any-prompt.ts'
import { ChoiceButton } from './choice-button.tsx'
import { draftOwnerOfLink } from './draft-storage.ts'
import { acceptedOutcome, outcomeOf, refusedOutcome } from './outcome.ts'
import { type AnswerOfPrompt, useAnswer } from './use-answer.ts'

export interface AnswerFormProps {
  prompt: AnyPrompt
  /** The question is closed, by this answer or by another one; the form shows who answered meanwhile. */
  onAnswered?: () => void
  /** Choices below each other, for a panel. */
  compact?: boolean
}

/**
 * The ways to answer one question: choices with keys 1 to 9, a form, or a text. It does not repeat the question
 * itself (see `PromptBody`). Drafts survive a reload; a lost race says who was first.
 */
export function AnswerForm(props: AnswerFormProps) {
  return <OpenOrClosed key={props.prompt.requestId} {...props} />
}

function OpenOrClosed({ prompt, onAnswered, compact }: AnswerFormProps) {
  const userId = useSession((session) => session.user?.id ?? null)
  const [own, setOwn] = useState<Outcome | null>(null)
  const [wasOpen] = useState(prompt.status === 'open')
  const mayAnswer = useMay('answer')
  // Here, not in the form: news of the end may take the form away before its own answer has come.
  const answer = useAnswer(prompt)
  const outcome = own ?? outcomeOf(prompt, userId)
  if (outcome !== null) return <AnsweredNote outcome={outcome} isRace={wasOpen} />
  if (!mayAnswer) {
    return (
      <p className="text-ink-2">You may watch here, not answer. An owner of the workspace can make you an operator.</p>
    )
  }
  return (
    <OpenForm
      prompt={prompt}
      compact={compact === true}
      answer={answer}
      userId={userId}
      onClosed={(closed) => {
        setOwn(closed)
        onAnswered?.()
      }}
    />
  )
}

export interface OpenFormProps {
  prompt: AnyPrompt
  compact: boolean
  answer: AnswerOfPrompt
  /** Who answers; null: whoever holds a link. */
  userId: string | null
  onClosed: (outcome: Outcome) => void
}

/** The ways to answer alone, for who answers by another way than a member. Key it by `requestId`. */
export function OpenForm({ prompt, compact, answer, userId, onClosed }: OpenFormProps) {
  const { draft, isKept, change, drop } = useAnswerDraft(prompt, userId ?? draftOwnerOfLink)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const textRef = useRef<HTMLTextAreaElement>(null)
  const groupId = useId()
  const choices = choicesOf(prompt)
  const chosen = choices.find((choice) => choice.id === draft.choice)
  // The amber one: what answers with one press, and goes on.
  const primary = choices.find((choice) => choice.text === undefined) ?? choices[0]

  function send(response: Record<string, unknown>) {
    if (answer.isPending) return
    setErrors({})
    answer.send(response, {
      accepted: (accepted) => {
        drop()
        onClosed(acceptedOutcome(prompt, accepted))
      },
      failed: (error) => {
        const outcome = refusedOutcome(prompt, error, userId)
        if (outcome === null) return setErrors(fieldErrors(error))
        drop()
        onClosed(outcome)
      },
    })
  }

  function choose(index: number) {
    const choice = choices[index]
    if (choice === undefined || answer.isPending) return
    if (choice.text === undefined) return send({ choice: choice.id })
    change({ choice: choice.id })
    requestAnimationFrame(() => textRef.current?.focus())
  }

  function submit() {
    if (choices.length > 0) {
      if (chosen === undefined) return
      const text = draft.texts[chosen.id] ?? ''
      if (chosen.text?.required === true && text.trim() === '')
        return setErrors({ text: `Enter ${chosen.text.label.toLowerCase()}.` })
      return send(text === '' ? { choice: chosen.id } : { choice: chosen.id, text })
    }
    if (prompt.inputType === 'form') {
      const read = readForm(prompt.fields ?? [], draft.fields)
      setErrors(read.errors)
      if (Object.keys(read.errors).length === 0) send(read.values)
      return
    }
    const text = draft.texts[''] ?? ''
    if (text.trim() === '') return setErrors({ text: 'Enter a text.' })
    send({ text })
  }

  useAnswerKeys(choices.length, choose)
  const textKey = chosen?.id ?? ''
  const asksText = chosen?.text !== undefined || prompt.inputType === 'text'
  const kept = isKept ? 'Draft kept' : undefined
  // Field errors stand at their fields; what belongs to none is said at the foot.
  const failure =
    answer.error !== null && refusedOutcome(prompt, answer.error, userId) === null && Object.keys(errors).length === 0
      ? answer.error
      : null

  return (
    <form
      ref={submitKeys}
      aria-label="Answer"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {choices.length > 0 && (
        <div
          id={groupId}
          role="group"
          aria-label="Choices"
          className={clsx('grid gap-2', !compact && 'sm:grid-cols-[repeat(auto-fit,minmax(200px,1fr))]')}
        >
          {choices.map((choice, index) => (
            <ChoiceButton
              key={choice.id}
              choice={choice}
              number={index + 1}
              primary={choice === primary}
              selected={choice.id === draft.choice}
              disabled={answer.isPending}
              onChoose={() => choose(index)}
            />
          ))}
        </div>
      )}
      {prompt.inputType === 'form' && (
        <FormFields
          fields={prompt.fields ?? []}
          draft={draft.fields}
          errors={errors}
          disabled={answer.isPending}
          onChange={(name, value) => change({ fields: { ...draft.fields, [name]: value } })}
        />
      )}
      {asksText && (
        <Field
          label={chosen?.text?.label ?? 'Your answer'}
          optional={chosen?.text !== undefined && !chosen.text.required}
          error={errors.text ?? errors[`texts.${textKey}`]}
          trailing={kept}
        >
          <Textarea
            ref={textRef}
            value={draft.texts[textKey] ?? ''}
            rows={compact ? 4 : 3}
            disabled={answer.isPending}
            onChange={(event) => change({ texts: { ...draft.texts, [textKey]: event.target.value } })}
          />
        </Field>
      )}
      {(asksText || prompt.inputType === 'form') && (
        <div className="flex items-center justify-end gap-3">
          {prompt.inputType === 'form' && kept !== undefined && <span className="text-small text-ink-3">{kept}</span>}
          {chosen !== undefined && (
            <Button variant="quiet" onClick={() => change({ choice: null })}>
              Back
            </Button>
          )}
          <Button variant="waiting" type="submit" busy={answer.isPending} kbd="⌘↵">
            {chosen === undefined ? 'Send the answer' : `Send “${chosen.label}”`}
          </Button>
        </div>
      )}
      {answer.isWaiting && (
        <p role="status" className="flex items-center gap-2 text-small text-ink-2">
          <CloudOff aria-hidden="true" className="size-4 shrink-0" />
          Will be sent when you are online again. Keep this page open.
        </p>
      )}
      {failure !== null && (
        <p role="alert" className="text-small text-failed-text">
          {errorMessage(failure)} <code className="font-mono text-micro">{errorCodeText(failure)}</code>
        </p>
      )}
    </form>
  )
}
