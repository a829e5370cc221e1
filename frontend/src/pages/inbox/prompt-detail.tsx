import type { Prompt } from '@millrace/shared/api/prompts'
import { ArrowLeft, History } from 'lucide-react'
import { Link } from 'react-router'
import { useMay } from '../../api/rights.ts'
import { AnswerForm } from '../../prompts/answer-form.tsx'
import { AnswerLinkButton } from '../../prompts/answer-link-button.tsx'
import { DeadlineLeft, PromptBody } from '../../prompts/prompt-body.tsx'
import { Card } from '../../ui/card.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateChip } from '../../ui/state-chip.tsx'
import { HowItGotHere } from './how-it-got-here.tsx'

export interface PromptDetailProps {
  prompt: Prompt
  onBack: () => void
}

const closedWords = { answered: 'Answered', expired: 'Expired', withdrawn: 'Withdrawn' } as const

/** One question in full: what is asked, what it is about, how the run got there, and the ways to answer. */
export function PromptDetail({ prompt, onBack }: PromptDetailProps) {
  const isOpen = prompt.status === 'open'
  const mayAnswer = useMay('answer')
  return (
    <article className="flex min-h-0 flex-1 flex-col" aria-label={prompt.prompt}>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-[840px] flex-col gap-4 px-5 py-6">
          <header>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-small text-ink-2">
              <IconButton label="Back to the list" icon={<ArrowLeft />} onClick={onBack} className="-ml-2 md:hidden" />
              <StateChip state={isOpen ? 'waiting' : prompt.status === 'answered' ? 'completed' : 'cancelled'}>
                {prompt.status === 'open'
                  ? mayAnswer
                    ? 'Waiting for you'
                    : 'Waiting for an answer'
                  : closedWords[prompt.status]}
              </StateChip>
              <span className="min-w-0 truncate">
                <Link to={`/workflows/${prompt.workflowId}`} className="hover:text-ink hover:underline">
                  {prompt.workflowName}
                </Link>{' '}
                · <em>{prompt.nodeName}</em>
                {prompt.iteration > 1 && ` · round ${prompt.iteration}`}
              </span>
              <span className="sm:ml-auto">{isOpen && <DeadlineLeft deadline={prompt.deadline} />}</span>
            </div>
            <h2 className="mt-3 text-t1 text-balance">{prompt.prompt}</h2>
          </header>
          {prompt.body !== undefined && prompt.body.trim() !== '' && (
            <Card className="px-5 py-4">
              <PromptBody body={prompt.body} />
            </Card>
          )}
          <HowItGotHere executionId={prompt.executionId} nodeId={prompt.nodeId} />
          <div className="flex flex-wrap items-center gap-2 text-small text-ink-2">
            <History className="size-3.5 shrink-0" />
            <span className="min-w-0 flex-1 max-sm:basis-4/5">
              Asked <RelativeTime at={prompt.requestedAt} /> · {mayAnswer ? 'you or anyone' : 'anyone'} who may answer
              in this workspace; the first answer counts
              {isOpen && prompt.remindedAt !== undefined && (
                <>
                  {' · reminded '}
                  <RelativeTime at={prompt.remindedAt} />
                </>
              )}
            </span>
            {isOpen && <AnswerLinkButton requestId={prompt.requestId} />}
          </div>
        </div>
      </div>
      <footer className="max-h-[60%] shrink-0 overflow-y-auto border-t bg-surface">
        <div className="mx-auto max-w-[840px] px-5 py-4">
          <AnswerForm prompt={prompt} />
        </div>
      </footer>
    </article>
  )
}
