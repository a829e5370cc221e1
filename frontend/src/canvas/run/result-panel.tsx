import { isFinished } from '@millrace/shared/engine/execution-view'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { SectionCard } from '../../ui/card.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { currentAttempt } from '../card/attempt.ts'
import { OutputView } from '../inspector/output-view.tsx'

/** What the run has made, or is making now, and what it began with. */
export function ResultPanel() {
  const outputs = useExecutionState(({ view }) => view?.outputs ?? null)
  const input = useExecutionState(({ view }) => view?.input ?? null)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  if (status === null) return null
  return (
    <>
      {outputs !== null && Object.keys(outputs).length > 0 && (
        <SectionCard title="Results">
          <OutputView output={outputs} label="Results" />
        </SectionCard>
      )}
      {status === 'completed' && (outputs === null || Object.keys(outputs).length === 0) && (
        <SectionCard title="Results">
          <p className="text-ink-2">
            This workflow has no output step, so the run has no result. Choose a step to see what it made.
          </p>
        </SectionCard>
      )}
      {!isFinished(status) && <Writing />}
      {typeof input === 'object' && input !== null && Object.keys(input).length > 0 && (
        <SectionCard title="Input">
          <OutputView output={input} label="Input" />
        </SectionCard>
      )}
    </>
  )
}

/** The text that is being written now, for screens on which the canvas is hidden. */
function Writing() {
  const node = useExecutionState(({ view }) => {
    for (const candidate of Object.values(view?.nodes ?? {})) {
      if (candidate.status === 'running' && (currentAttempt(candidate)?.text ?? '') !== '') return candidate
    }
    return null
  })
  const name = useGraph((graph) => (node === null ? '' : (graph.nodesById.get(node.nodeId)?.name ?? node.nodeId)))
  if (node === null) return null
  return (
    <SectionCard
      title={
        <span className="flex items-center gap-2">
          <StateGlyph state="running" className="motion-safe:animate-turn" />
          <em>{name}</em> is writing
        </span>
      }
      trailing={`${currentAttempt(node)?.tokens ?? 0} tokens`}
    >
      <p data-testid="output-text" className="max-h-96 overflow-y-auto break-words whitespace-pre-wrap">
        {currentAttempt(node)?.text}
      </p>
    </SectionCard>
  )
}
