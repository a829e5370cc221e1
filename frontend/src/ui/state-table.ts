import type { ExecutionStatus, NodeStatus } from '@millrace/shared/engine/execution-view'

export type State = NodeStatus | ExecutionStatus

/** Which colours a state takes; `quiet` has none. */
export type Tone = 'quiet' | 'current' | 'waiting' | 'retry' | 'done' | 'failed'

export interface StateLook {
  /** The word beside the glyph: no state is told by colour alone. */
  word: string
  tone: Tone
}

/** Every state of a step and of a run, once: glyphs, chips, bars and filters read it here. */
export const stateTable = {
  pending: { word: 'Pending', tone: 'quiet' },
  queued: { word: 'Queued', tone: 'quiet' },
  running: { word: 'Running', tone: 'current' },
  retrying: { word: 'Backing off', tone: 'retry' },
  waiting: { word: 'Waiting', tone: 'waiting' },
  paused: { word: 'Paused', tone: 'quiet' },
  completed: { word: 'Done', tone: 'done' },
  failed: { word: 'Failed', tone: 'failed' },
  skipped: { word: 'Skipped', tone: 'quiet' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
} as const satisfies Record<State, StateLook>

export function isState(value: string): value is State {
  return Object.hasOwn(stateTable, value)
}

/** Classes of a tone, written out so that Tailwind finds them. */
export const toneClasses: Record<Tone, { text: string; mark: string; bar: string; tint: string; line: string }> = {
  quiet: {
    text: 'text-ink-2',
    mark: 'text-quiet-mark',
    bar: 'bg-quiet-mark',
    tint: 'bg-surface',
    line: 'border-line-strong',
  },
  current: {
    text: 'text-current-text',
    mark: 'text-current-mark',
    bar: 'bg-current-mark',
    tint: 'bg-current-tint',
    line: 'border-current-line',
  },
  waiting: {
    text: 'text-waiting-text',
    mark: 'text-waiting-mark',
    bar: 'bg-waiting-mark',
    tint: 'bg-waiting-tint',
    line: 'border-waiting-line',
  },
  retry: {
    text: 'text-retry-text',
    mark: 'text-retry-mark',
    bar: 'bg-retry-mark',
    tint: 'bg-retry-tint',
    line: 'border-retry-line',
  },
  done: {
    text: 'text-done-text',
    mark: 'text-done-mark',
    bar: 'bg-done-mark',
    tint: 'bg-done-tint',
    line: 'border-done-line',
  },
  failed: {
    text: 'text-failed-text',
    mark: 'text-failed-mark',
    bar: 'bg-failed-mark',
    tint: 'bg-failed-tint',
    line: 'border-failed-line',
  },
}
