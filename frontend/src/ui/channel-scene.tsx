import type { ReactNode } from 'react'
import { StateGlyph } from './state-glyph.tsx'
import { type State, stateTable, toneClasses } from './state-table.ts'

/** A run in one picture: it drafts, it is about to ask. Drawn on a fixed 760 × 620 ground that keeps its proportion. */
export function ChannelScene() {
  return (
    <svg viewBox="0 0 760 620" preserveAspectRatio="xMidYMid slice" className="absolute inset-0 size-full">
      <defs>
        <pattern id="scene-grid" width="20" height="20" patternUnits="userSpaceOnUse">
          <circle cx="1" cy="1" r="1" className="fill-grid" />
        </pattern>
      </defs>
      <rect width="760" height="620" fill="url(#scene-grid)" />
      <Channel d="M250 190C300 190 280 130 330 130" state="taken" />
      <Channel d="M250 190C310 190 280 330 340 330" state="flowing" />
      <Channel d="M530 130C610 130 540 470 470 470" state="empty" />
      <Channel d="M560 330C620 330 610 420 540 440" state="empty" />
      <SceneCard x={70} y={160} title="Start" detail="Form · topic, audience" state="completed" foot="0.1 s" />
      <SceneCard
        x={330}
        y={100}
        title="Fetch prices"
        detail="GET api.example.com/prices"
        state="completed"
        foot="1.2 s"
      />
      <SceneCard
        x={340}
        y={260}
        height={140}
        title="Draft"
        detail="demo · 0.7 · 400 tokens"
        state="running"
        foot="12 s"
      >
        <p>Orders placed before that date keep</p>
        <p>
          today’s price, whatever
          <span className="ml-0.5 inline-block h-3 w-1 animate-breathe bg-current-mark align-middle" />
        </p>
      </SceneCard>
      <SceneCard x={330} y={440} title="Approve the draft" detail="3 choices · 24 h" state="pending" foot="" />
    </svg>
  )
}

const water = { taken: 'stroke-current-mark', flowing: 'stroke-current-mark', empty: 'stroke-transparent' } as const

function Channel({ d, state }: { d: string; state: keyof typeof water }) {
  return (
    <g fill="none" strokeLinecap="round">
      <path d={d} strokeWidth="6" className={state === 'empty' ? 'stroke-line-strong' : 'stroke-current-line'} />
      <path d={d} strokeWidth="4" className="stroke-channel-bed" />
      <path d={d} strokeWidth="2" className={water[state]} {...(state === 'flowing' ? { strokeDasharray: '7 6' } : {})}>
        {state === 'flowing' && (
          <animate attributeName="stroke-dashoffset" from="13" to="0" dur="0.9s" repeatCount="indefinite" />
        )}
      </path>
    </g>
  )
}

interface SceneCardProps {
  x: number
  y: number
  height?: number
  title: string
  detail: string
  state: State
  foot: string
  children?: ReactNode
}

function SceneCard({ x, y, height = 84, title, detail, state, foot, children }: SceneCardProps) {
  const tone = toneClasses[stateTable[state].tone]
  return (
    <foreignObject x={x - 6} y={y - 6} width="232" height={height + 12}>
      <div
        style={{ margin: 6, height, width: 220 }}
        className={`flex flex-col rounded-card border bg-surface shadow-card ${state === 'running' ? 'border-current-mark ring-2 ring-current-line' : 'border-line-strong'}`}
      >
        <div className="flex items-start gap-2 px-3 pt-2.5">
          <div className="min-w-0 flex-1">
            <p className="truncate font-title">{title}</p>
            <p className="truncate text-small text-ink-2">{detail}</p>
          </div>
          <StateGlyph state={state} />
        </div>
        {children !== undefined && <div className="mt-2 border-t px-3 pt-2 text-small">{children}</div>}
        <p className="mt-auto border-t px-3 py-1 text-small text-ink-2">
          <span className={`font-mid ${tone.text}`}>{stateTable[state].word}</span>
          {foot !== '' && ` · ${foot}`}
        </p>
      </div>
    </foreignObject>
  )
}
