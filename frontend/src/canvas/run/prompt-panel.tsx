import type { PromptView } from '@millrace/shared/engine/execution-view'
import clsx from 'clsx'
import { Copy, Hourglass, X } from 'lucide-react'
import { useEffect } from 'react'
import { AnswerForm } from '../../prompts/answer-form.tsx'
import { AnswerLinkButton } from '../../prompts/answer-link-button.tsx'
import { DeadlineLeft, PromptBody } from '../../prompts/prompt-body.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { untilWords } from '../../ui/time-words.ts'
import { toast } from '../../ui/toast.tsx'
import { useStepNames } from './use-names.ts'

/** How long a closed question stays, so that one can read who answered, in milliseconds. */
const closesAfterMs = 2500

export interface PromptPanelProps {
  prompt: PromptView
  /** "1 of 5", where the step lies in a loop. */
  onClose: () => void
}

/** A question in the inspector's place: it hides no step. */
export function PromptPanel({ prompt, onClose }: PromptPanelProps) {
  const { nameOf, mayAnswer } = useStepNames()
  const isOpen = prompt.status === 'open'
  useEffect(() => {
    if (isOpen) return
    const timer = setTimeout(onClose, closesAfterMs)
    return () => clearTimeout(timer)
  }, [isOpen, onClose])
  return (
    <aside
      aria-label="Question"
      className="m-4 ml-0 flex w-[392px] max-w-full shrink-0 animate-appear flex-col self-start overflow-y-auto rounded-card border bg-raised shadow-raised max-h-[calc(100%-32px)] max-lg:absolute max-lg:top-0 max-lg:right-0 max-lg:z-20 max-lg:ml-4"
    >
      <header className="border-b px-5 pt-3 pb-4">
        <div className="flex items-center gap-2 text-small">
          <StateGlyph state={isOpen ? 'waiting' : prompt.status === 'answered' ? 'completed' : 'cancelled'} />
          <span className={clsx('font-mid whitespace-nowrap', isOpen ? 'text-waiting-text' : 'text-ink-2')}>
            {isOpen ? (mayAnswer ? 'Waiting for you' : 'Waiting for an answer') : 'Closed'}
          </span>
          {isOpen && prompt.deadline !== null && (
            <span className="ml-auto inline-flex items-center gap-1.5 font-mid whitespace-nowrap text-waiting-text">
              <Hourglass aria-hidden="true" className="size-3.5" />
              <DeadlineLeft deadline={prompt.deadline} short />
            </span>
          )}
          <IconButton
            label="Close"
            icon={<X />}
            size="small"
            className={isOpen && prompt.deadline !== null ? '' : 'ml-auto'}
            onClick={onClose}
          />
        </div>
        <h2 className="mt-1 text-t2">{prompt.prompt}</h2>
        <p className="mt-1 text-small text-ink-2">
          <em>{nameOf(prompt.nodeId)}</em>
          {prompt.iteration > 1 && ` · round ${prompt.iteration}`}
          {prompt.deadline !== null && ` · ${untilWords(prompt.deadline, prompt.requestedAt)}`}
          {isOpen && prompt.reminderCount > 0 && ' · reminded'}
        </p>
      </header>
      {prompt.body !== null && prompt.body.trim() !== '' && (
        <div className="min-h-28 shrink overflow-y-auto px-5 py-3">
          <div className="mb-1.5 flex items-center justify-between text-small text-ink-2">
            What it is about
            <IconButton
              label="Copy"
              size="small"
              icon={<Copy />}
              onClick={() =>
                void copyText(prompt.body ?? '').then((done) => {
                  if (done) toast.done('Copied', { durationMs: 1500 })
                })
              }
            />
          </div>
          <div className="rounded-control border bg-surface px-4 py-3">
            <PromptBody body={prompt.body} />
          </div>
        </div>
      )}
      <div className="shrink-0 border-t px-5 py-4">
        <AnswerForm prompt={prompt} compact />
        {isOpen && mayAnswer && (
          <>
            <p className="mt-3 mb-1 text-small text-ink-2">
              You or anyone who may answer in this workspace; the first answer counts.
            </p>
            <AnswerLinkButton requestId={prompt.requestId} />
          </>
        )}
      </div>
    </aside>
  )
}
