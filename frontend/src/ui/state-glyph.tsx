import clsx from 'clsx'
import type { ReactNode } from 'react'
import { type State, stateTable, toneClasses } from './state-table.ts'

/** 16 units square. Strokes take the tone's mark; what lies on a filled shape takes the tone's ground. */
const shapes: Record<State, ReactNode> = {
  pending: <circle cx="8" cy="8" r="5.25" />,
  queued: <circle cx="8" cy="8" r="5.25" strokeDasharray="1.6 1.7" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.5" opacity=".35" />
      <g className="origin-center animate-turn">
        <path d="M8 2.5A5.5 5.5 0 0 1 13.5 8" strokeWidth="2" />
      </g>
      <circle cx="8" cy="8" r="1.9" fill="currentColor" stroke="none" />
    </>
  ),
  retrying: (
    <>
      <path d="M13 8a5 5 0 1 1-1.5-3.55" />
      <path d="M13.2 2.4v2.9h-2.9" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="6" className="fill-waiting-fill" />
      <path d="M6.4 6.6a1.65 1.65 0 1 1 2.3 1.5c-.5.22-.7.5-.7 1" className="stroke-on-waiting" />
      <circle cx="8" cy="11.1" r=".85" className="fill-on-waiting" stroke="none" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  completed: <path d="m3.4 8.4 3.1 3.2 6.2-7" strokeWidth="1.8" />,
  failed: (
    <>
      <path d="M5.4 1.9h5.2l3.5 3.5v5.2l-3.5 3.5H5.4l-3.5-3.5V5.4z" fill="currentColor" stroke="none" />
      <path d="m6 6 4 4M10 6l-4 4" className="stroke-on-failed" strokeWidth="1.6" />
    </>
  ),
  skipped: (
    <>
      <circle cx="8" cy="8" r="5.5" strokeDasharray="2.4 1.9" />
      <path d="M5.8 8h4.4" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <rect x="6.1" y="6.1" width="3.8" height="3.8" rx=".6" fill="currentColor" stroke="none" />
    </>
  ),
}

export interface StateGlyphProps {
  state: State
  /** px; 16 unless told. */
  size?: number
  /** Without a word beside it the glyph names the state itself. */
  labelled?: boolean
  className?: string
}

export function StateGlyph({ state, size = 16, labelled, className }: StateGlyphProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={clsx('shrink-0', toneClasses[stateTable[state].tone].mark, className)}
      {...(labelled === true ? { role: 'img', 'aria-label': stateTable[state].word } : { 'aria-hidden': true })}
    >
      {shapes[state]}
    </svg>
  )
}
