import type { Execution } from '@millrace/shared/api/executions'
import { Button } from '../../ui/button.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { stateTable } from '../../ui/state-table.ts'
import { durationWords } from '../../ui/time-words.ts'

/** The foot of the canvas while no run is on it: what the last one came to. */
export function IdleSentence({ last, onShow }: { last: Execution | null; onShow: (executionId: string) => void }) {
  if (last === null) {
    return (
      <>
        <StateGlyph state="pending" />
        <p className="text-ink-2">Not run yet. When it runs, you watch it here.</p>
      </>
    )
  }
  return (
    <>
      <StateGlyph state={last.status} />
      <p className="min-w-0 truncate text-t3">
        <strong className="font-title">Last run</strong>
        <span className="text-ink-2">
          {' · '}
          {stateTable[last.status].word.toLowerCase()}
          {last.duration !== undefined && ` in ${durationWords(last.duration)}`}
          {' · '}
          <RelativeTime at={last.createdAt} />, with v{last.workflowVersion}
        </span>
      </p>
      <Button variant="quiet" className="ml-auto" onClick={() => onShow(last.executionId)}>
        Show it on the canvas
      </Button>
    </>
  )
}
