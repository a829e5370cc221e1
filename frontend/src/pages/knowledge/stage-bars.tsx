import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import clsx from 'clsx'

const stages = [
  { stage: 'extracting', word: 'extract' },
  { stage: 'splitting', word: 'split' },
  { stage: 'embedding', word: 'embed' },
  { stage: 'indexing', word: 'index' },
] as const

/** How far a document has come: one bar per stage, the one at work with its percentage. */
export function StageBars({ document }: { document: KnowledgeDocument }) {
  const at = stages.findIndex(({ stage }) => stage === document.stage)
  const isFailed = document.status === 'failed'
  const isDone = document.status === 'completed'
  const share = document.total === 0 ? 0 : Math.min(1, document.completed / document.total)
  return (
    <div
      role="progressbar"
      aria-label={`${document.name}: ${document.stage}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(document.percentage)}
      className="grid w-full grid-cols-4 gap-1.5"
    >
      {stages.map(({ stage, word }, index) => {
        const isActive = index === at && !isDone
        const isPast = isDone || index < at
        return (
          <div key={stage} className="min-w-0">
            <div
              className={clsx(
                'h-1.5 overflow-hidden rounded-full border',
                isPast && 'border-current-mark',
                isActive && (isFailed ? 'border-failed-line bg-failed-tint' : 'border-current-line bg-current-tint'),
                !isPast && !isActive && 'border-transparent bg-line',
              )}
            >
              <div
                className={clsx(
                  'h-full transition-[width]',
                  isFailed && isActive ? 'bg-failed-mark' : 'bg-current-mark',
                )}
                style={{ width: `${isPast ? 100 : isActive ? share * 100 : 0}%` }}
              />
            </div>
            <div
              className={clsx(
                'mt-0.5 truncate text-micro',
                isActive ? (isFailed ? 'font-title text-failed-text' : 'font-title text-current-text') : 'text-ink-3',
              )}
            >
              {word}
              {isActive && !isFailed && ` ${Math.round(share * 100)} %`}
            </div>
          </div>
        )
      })}
    </div>
  )
}
