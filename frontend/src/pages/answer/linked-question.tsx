import type { OpenedPromptLink } from '@millrace/shared/api/prompt-links'
import { CloudOff } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { OpenForm } from '../../prompts/answer-form.tsx'
import { AnsweredNote, type Outcome } from '../../prompts/answered-note.tsx'
import { DeadlineLeft, PromptBody } from '../../prompts/prompt-body.tsx'
import { Card } from '../../ui/card.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateChip } from '../../ui/state-chip.tsx'
import { WheelMark } from '../../ui/wheel-mark.tsx'
import { LinkEnded } from './link-ended.tsx'
import { useAnswerByLink } from './use-answer-by-link.ts'

interface LinkedQuestionProps {
  token: string
  question: OpenedPromptLink
  /** The server did not answer when it was last asked. */
  isAway: boolean
  hasLinkEnded: boolean
  onRefused: () => void
}

const nameCharactersMax = 60
/** What the server takes in no name: it would break or turn the lines it stands in. */
const unfitForNames = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu
const closedWords = { answered: 'Answered', expired: 'Expired', withdrawn: 'Withdrawn' } as const

/** The question with the ways to answer it, or what became of it. */
export function LinkedQuestion({ token, question, isAway, hasLinkEnded, onRefused }: LinkedQuestionProps) {
  const [own, setOwn] = useState<Outcome | null>(null)
  const [wasOpen] = useState(question.status === 'open')
  const [name, setName] = useState('')
  const answer = useAnswerByLink(token, { name: name.trim(), onRefused })
  const outcome = own ?? outcomeOf(question)
  // What became of the question is worth more than that its link is over, too.
  if (hasLinkEnded && outcome === null) return <LinkEnded question={question} />
  return (
    <div id="page" className="flex min-h-dvh flex-col bg-paper">
      <Bar isAway={isAway && outcome === null}>A question from {question.sharedByName}</Bar>
      <main className="mx-auto flex w-full max-w-[720px] flex-col gap-4 px-4 py-6 sm:px-5 sm:py-10">
        <header>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-small text-ink-2">
            <Status outcome={outcome} />
            <span className="min-w-0 truncate">
              <em>{question.workflowName}</em> · asked <RelativeTime at={question.requestedAt} />
            </span>
            <span className="sm:ml-auto">{outcome === null && <DeadlineLeft deadline={question.deadline} />}</span>
          </div>
          <h1 className="mt-3 text-t1 text-balance break-words">{question.prompt}</h1>
        </header>
        {question.body !== undefined && question.body.trim() !== '' && (
          <Card className="overflow-x-auto px-5 py-4">
            <PromptBody body={question.body} />
          </Card>
        )}
        {outcome === null ? (
          <Card className="flex flex-col gap-4 px-5 py-4">
            <Field label="Your name" optional help="Stands beside your answer, so that people know whose it is.">
              <Input
                value={name}
                maxLength={nameCharactersMax}
                autoComplete="name"
                disabled={answer.isPending}
                onChange={(event) => setName(event.target.value.replace(unfitForNames, ''))}
              />
            </Field>
            <OpenForm
              key={question.requestId}
              prompt={question}
              compact={false}
              answer={answer}
              userId={null}
              onClosed={setOwn}
            />
          </Card>
        ) : (
          <>
            <AnsweredNote outcome={outcome} isRace={wasOpen} />
            <p className="text-ink-2">{closingWords(outcome)}</p>
          </>
        )}
      </main>
    </div>
  )
}

function Bar({ isAway, children }: { isAway: boolean; children: ReactNode }) {
  return (
    <div className="flex h-(--topbar) shrink-0 items-center gap-2.5 border-b bg-surface px-4">
      <WheelMark size={22} />
      <span className="shrink-0 text-t3 max-sm:sr-only">Millrace</span>
      <span className="min-w-0 truncate text-small text-ink-2">{children}</span>
      {isAway && (
        <span role="status" className="ml-auto flex shrink-0 items-center gap-1.5 text-small text-ink-2">
          <CloudOff aria-hidden="true" className="size-4 text-failed-mark" />
          Offline
        </span>
      )}
    </div>
  )
}

function Status({ outcome }: { outcome: Outcome | null }) {
  if (outcome === null) return <StateChip state="waiting">Waiting for an answer</StateChip>
  const { kind } = outcome
  const isAnswered = kind === 'mine' || kind === 'other'
  return (
    <StateChip state={isAnswered ? 'completed' : 'cancelled'}>{closedWords[isAnswered ? 'answered' : kind]}</StateChip>
  )
}

function closingWords({ kind }: Outcome): string {
  if (kind === 'mine') return 'Thank you. Your answer has arrived and the run goes on with it; you can close this page.'
  if (kind === 'other') return 'The first answer counts, so there is nothing left to do here.'
  return 'There is nothing left to do here.'
}

/** What a link tells of the end of its question: by whom and when, not with what. */
function outcomeOf({ status, answeredByName, answeredAt }: OpenedPromptLink): Outcome | null {
  if (status === 'open') return null
  const kind = status === 'answered' ? 'other' : status
  return { kind, who: answeredByName ?? null, what: null, note: null, at: answeredAt ?? null }
}
