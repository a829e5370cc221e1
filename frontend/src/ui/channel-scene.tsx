import clsx from 'clsx'
import { StateGlyph } from './state-glyph.tsx'
import { type State, stateTable, toneClasses } from './state-table.ts'

/** Units of the drawing, in px; a narrow pane shrinks it. */
const sceneWidth = 860
const sceneHeight = 560

/** A run in one picture: it drafts, it is about to ask. */
export function ChannelScene() {
  return (
    <>
      <svg className="absolute inset-0 size-full">
        <pattern id="scene-grid" width="20" height="20" patternUnits="userSpaceOnUse">
          <circle cx="1" cy="1" r="1" className="fill-grid" />
        </pattern>
        <rect width="100%" height="100%" fill="url(#scene-grid)" />
      </svg>
      <svg
        viewBox={`0 0 ${sceneWidth} ${sceneHeight}`}
        className="absolute inset-0 m-auto w-full max-w-[860px] px-6"
        overflow="visible"
      >
        <Channel d="M232 286C282 286 262 126 312 126" state="flowing" />
        <Channel d="M232 286C282 286 262 440 312 440" state="taken" />
        <Channel d="M532 126C582 126 578 280 628 280" state="empty" />
        <Channel d="M532 440C582 440 578 280 628 280" state="taken" />
        <SceneCard x={12} y={246} title="Start" detail="Form · topic, audience" state="completed" foot="0.1 s" />
        <SceneCard x={312} y={86} title="Draft" detail="demo · 0.7 · 400 tokens" state="running" foot="12 s">
          {['Orders placed before that date', 'keep today’s price, whatever']}
        </SceneCard>
        <SceneCard
          x={312}
          y={400}
          title="Fetch prices"
          detail="GET api.example.com/prices"
          state="completed"
          foot="1.2 s"
        />
        <SceneCard
          x={628}
          y={240}
          title="Approve the draft"
          detail="3 choices · 24 h"
          state="pending"
          foot="needs 1 of 2"
        />
      </svg>
    </>
  )
}

const water = { taken: 'stroke-current-mark', flowing: 'stroke-current-mark', empty: 'stroke-transparent' } as const

function Channel({ d, state }: { d: string; state: keyof typeof water }) {
  return (
    <g fill="none" strokeLinecap="round">
      <path d={d} strokeWidth="6" className={state === 'empty' ? 'stroke-line-strong' : 'stroke-current-line'} />
      <path d={d} strokeWidth="4" className="stroke-channel-bed" />
      <path
        d={d}
        strokeWidth="2"
        className={clsx(water[state], state === 'flowing' && 'animate-flow')}
        strokeDasharray={state === 'flowing' ? '7 6' : undefined}
      />
    </g>
  )
}

interface SceneCardProps {
  x: number
  y: number
  title: string
  detail: string
  state: State
  foot: string
  /** Lines of what it writes. */
  children?: readonly string[]
}

function SceneCard({ x, y, title, detail, state, foot, children }: SceneCardProps) {
  const tone = toneClasses[stateTable[state].tone]
  const isRunning = state === 'running'
  return (
    <foreignObject x={x} y={y} width="220" height="160" overflow="visible">
      <div
        className={clsx(
          'rounded-card border bg-surface',
          isRunning ? 'border-current-mark outline-3 outline-current-line' : 'border-line-strong shadow-card',
        )}
      >
        <div className="flex items-start gap-2 px-3 py-2.5">
          <div className="min-w-0 flex-1">
            <p className="truncate font-title">{title}</p>
            <p className="truncate text-small text-ink-2">{detail}</p>
          </div>
          <StateGlyph state={state} />
        </div>
        {children !== undefined && (
          <div className="border-t px-3 py-2 text-small">
            {children.map((line) => (
              <p key={line} className="whitespace-nowrap">
                {line}
                {line === children.at(-1) && (
                  <span className="ml-1 inline-block h-3 w-1 animate-breathe bg-current-mark align-[-2px]" />
                )}
              </p>
            ))}
          </div>
        )}
        <p className="border-t px-3 py-1.5 text-small text-ink-2">
          <span className={clsx('font-mid', tone.text)}>{stateTable[state].word}</span> · {foot}
        </p>
      </div>
    </foreignObject>
  )
}
