import type { Prompt } from '@millrace/shared/api/prompts'
import clsx from 'clsx'
import { answerWords } from '../../prompts/any-prompt.ts'
import { DeadlineLeft } from '../../prompts/prompt-body.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import type { PromptGroup } from './deadline-groups.ts'

export interface PromptListProps {
  groups: readonly PromptGroup[]
  selectedId: string | null
  onSelect: (requestId: string) => void
}

export function PromptList({ groups, selectedId, onSelect }: PromptListProps) {
  return (
    <div>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2 className="px-5 pt-4 pb-1 text-small font-text text-ink-2">{group.title}</h2>
          <ul>
            {group.items.map((prompt) => (
              <li key={prompt.requestId}>
                <PromptRow
                  prompt={prompt}
                  isSelected={prompt.requestId === selectedId}
                  onSelect={() => onSelect(prompt.requestId)}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function PromptRow({ prompt, isSelected, onSelect }: { prompt: Prompt; isSelected: boolean; onSelect: () => void }) {
  const isOpen = prompt.status === 'open'
  return (
    <button
      type="button"
      data-row
      data-request={prompt.requestId}
      aria-current={isSelected ? 'true' : undefined}
      onClick={onSelect}
      className={clsx(
        'relative flex w-full items-start gap-2.5 px-5 py-2.5 text-left transition-colors focus-visible:-outline-offset-2',
        isSelected
          ? 'bg-sunk before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-select'
          : 'hover:bg-hover',
      )}
    >
      <StateGlyph
        state={isOpen ? 'waiting' : prompt.status === 'answered' ? 'completed' : 'cancelled'}
        className="mt-0.5"
      />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-3">
          <span className="truncate font-title">{prompt.prompt}</span>
          <span className="shrink-0 text-small text-ink-2">
            {isOpen ? (
              prompt.deadline === undefined ? (
                'no deadline'
              ) : (
                <DeadlineLeft deadline={prompt.deadline} short />
              )
            ) : (
              <ClosedAt prompt={prompt} />
            )}
          </span>
        </span>
        <span className="block truncate text-small text-ink-2">
          {prompt.workflowName} · <em>{prompt.nodeName}</em>
          {isOpen && prompt.remindedAt !== undefined && ' · reminded'}
          {!isOpen &&
            prompt.answeredBy !== undefined &&
            ` · ${prompt.answeredBy.name}: ${answerWords(prompt, prompt.response) ?? ''}`}
        </span>
      </span>
    </button>
  )
}

function ClosedAt({ prompt }: { prompt: Prompt }) {
  return <RelativeTime at={prompt.answeredAt ?? prompt.requestedAt} />
}
