import type { NodeView } from '@millrace/shared/engine/execution-view'
import { Duration } from '../../ui/duration.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { durationWords } from '../../ui/time-words.ts'

/** Every try of a step: when, how long, how it ended, and how long was waited then. Times from the run's beginning. */
export function AttemptsTable({ node, startedAt }: { node: NodeView; startedAt: number | null }) {
  if (node.attempts.length === 0) return null
  const began = startedAt ?? node.attempts[0]?.startedAt ?? 0
  const longest = Math.max(
    1,
    ...node.attempts.map((attempt) => (attempt.finishedAt ?? attempt.startedAt) - attempt.startedAt),
  )
  const hasRounds = node.attempts.some((attempt) => attempt.iteration > 1)
  return (
    <section aria-label="Attempts">
      <header className="mb-1 flex items-baseline justify-between">
        <h3 className="text-base">Attempts</h3>
        {node.maxAttempts !== null && (
          <span className="text-small text-ink-2">{`${node.attempt} of ${node.maxAttempts}`}</span>
        )}
      </header>
      <div className="overflow-x-auto">
        <table className="w-full border-collapse text-small">
          <thead>
            <tr className="border-b text-left text-ink-2 [&_th]:py-1.5 [&_th]:pr-3 [&_th]:font-mid">
              <th>No.</th>
              {hasRounds && <th>Round</th>}
              <th>Began</th>
              <th>Took</th>
              <th aria-label="Share" />
              <th>Answer</th>
              <th className="text-right">Then waited</th>
            </tr>
          </thead>
          <tbody>
            {node.attempts.map((attempt, index) => {
              const took = attempt.finishedAt === null ? null : attempt.finishedAt - attempt.startedAt
              const next = node.attempts[index + 1]
              const waited =
                attempt.finishedAt !== null && attempt.nextRetryAt !== null
                  ? (next?.startedAt ?? attempt.nextRetryAt) - attempt.finishedAt
                  : null
              const status = attempt.error?.details?.status
              return (
                <tr key={`${attempt.iteration}/${attempt.attempt}`} className="border-b [&_td]:py-1.5 [&_td]:pr-3">
                  <td className="font-title">{attempt.attempt}</td>
                  {hasRounds && <td>{attempt.iteration}</td>}
                  <td>{durationWords(attempt.startedAt - began)}</td>
                  <td className="whitespace-nowrap">
                    {took !== null && took < 100 ? `${took} ms` : <Duration ms={took} since={attempt.startedAt} />}
                  </td>
                  <td className="w-16">
                    {took !== null && (
                      <span
                        className={`block h-1.5 min-w-1 rounded-full ${attempt.status === 'failed' ? 'bg-failed-mark' : attempt.status === 'completed' ? 'bg-done-mark' : 'bg-line-strong'}`}
                        style={{ width: `${(took / longest) * 100}%` }}
                      />
                    )}
                  </td>
                  <td title={attempt.error?.message}>
                    {attempt.error === null ? (
                      <StateGlyph state={attempt.status} size={14} labelled />
                    ) : (
                      <span className="font-title text-failed-text">
                        {typeof status === 'number' ? status : attempt.error.code}
                      </span>
                    )}
                  </td>
                  <td className="pr-0! text-right text-ink-2">
                    {waited === null
                      ? attempt.status === 'failed'
                        ? 'gave up'
                        : ''
                      : durationWords(waited).replace('.0 s', ' s')}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
