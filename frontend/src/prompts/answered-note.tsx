import { RelativeTime } from '../ui/relative-time.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'

export interface Outcome {
  /** mine: this form's answer counted; other: somebody was first; expired, withdrawn: nobody may answer any more. */
  kind: 'mine' | 'other' | 'expired' | 'withdrawn'
  who: string | null
  /** The answer in words. */
  what: string | null
  /** The text that was given with a choice. */
  note: string | null
  /** Epoch milliseconds. */
  at: number | null
}

/** What became of a question: who answered, when and what. `isRace`: it was open to the reader until then. */
export function AnsweredNote({ outcome, isRace }: { outcome: Outcome; isRace?: boolean }) {
  const { kind, who, what, note, at } = outcome
  const isAnswer = kind === 'mine' || kind === 'other'
  return (
    <div role="status" className="flex animate-appear items-start gap-3 rounded-control border bg-sunk px-4 py-3">
      <StateGlyph state={isAnswer ? 'completed' : 'cancelled'} className="mt-0.5" />
      <div className="min-w-0">
        <p className="font-mid">
          {kind === 'mine' && 'Answered'}
          {kind === 'other' && `${who ?? 'Somebody'} answered${isRace === true ? ' first' : ''}`}
          {kind === 'expired' && 'The deadline has passed'}
          {kind === 'withdrawn' && 'The question was withdrawn'}
        </p>
        <p className="text-small text-ink-2">
          {what !== null && <>“{what}”</>}
          {what !== null && at !== null && ', '}
          {at !== null && <RelativeTime at={at} />}
          {kind === 'expired' && 'The run has gone on without an answer.'}
          {kind === 'withdrawn' && 'Its run was stopped or failed.'}
        </p>
        {note !== null && <p className="mt-1.5 line-clamp-4 whitespace-pre-line break-words">{note}</p>}
      </div>
    </div>
  )
}
