import clsx from 'clsx'
import type { ReactNode } from 'react'
import { StateGlyph } from './state-glyph.tsx'
import { type State, stateTable, toneClasses } from './state-table.ts'

export interface StateChipProps {
  state: State
  /** Instead of the state's own word: "Writing", "Waiting for you", "4 s". */
  children?: ReactNode
  className?: string
}

/** Glyph and word on the state's tint. */
export function StateChip({ state, children, className }: StateChipProps) {
  const look = stateTable[state]
  const tone = toneClasses[look.tone]
  return (
    <span
      className={clsx(
        'inline-flex h-[22px] w-fit shrink-0 items-center gap-1 rounded-full border pr-2 pl-1.5 text-small font-mid whitespace-nowrap',
        tone.text,
        tone.tint,
        tone.line,
        className,
      )}
    >
      <StateGlyph state={state} size={14} />
      {children ?? look.word}
    </span>
  )
}

/** Glyph and word without a ground, for rows. */
export function StateLabel({ state, children, className }: StateChipProps) {
  const look = stateTable[state]
  return (
    <span
      className={clsx(
        'inline-flex shrink-0 items-center gap-1.5 text-small font-mid whitespace-nowrap',
        toneClasses[look.tone].text,
        className,
      )}
    >
      <StateGlyph state={state} size={15} />
      {children ?? look.word}
    </span>
  )
}
