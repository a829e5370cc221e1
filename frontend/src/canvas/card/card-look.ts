import type { NodeStatus } from '@millrace/shared/engine/execution-view'

export type CardState = NodeStatus | 'idle'

/** Border and ground of a card by its state. A second pixel of border is a ring, so that nothing moves when it appears. */
export const cardClasses: Record<CardState, string> = {
  idle: 'border-line-strong bg-surface',
  pending: 'border-line-strong bg-surface',
  queued: 'border-dotted border-ink-3 bg-surface',
  running: 'border-current-mark bg-surface inset-ring inset-ring-current-mark ring-4 ring-current-tint',
  retrying: 'border-retry-mark bg-surface',
  waiting: 'border-waiting-mark bg-surface inset-ring inset-ring-waiting-mark ring-4 ring-waiting-tint',
  completed: 'border-line-strong bg-surface',
  failed:
    'border-failed-line bg-surface before:absolute before:-inset-y-px before:-left-px before:w-[3px] before:rounded-l-card before:bg-failed-mark',
  skipped: 'border-dashed border-line-control bg-transparent shadow-none',
  cancelled: 'border-line-strong bg-sunk',
}

/** The tinted icon carries the state, too. */
export const iconClasses: Record<CardState, string> = {
  idle: 'bg-sunk text-ink-2',
  pending: 'border border-line-strong bg-surface text-ink-2',
  queued: 'border border-dotted border-ink-3 bg-surface text-ink-2',
  running: 'bg-current-mark text-on-current',
  retrying: 'bg-retry-tint text-retry-text',
  waiting: 'bg-waiting-fill text-on-waiting',
  completed: 'bg-done-tint text-done-text',
  failed: 'bg-failed-tint text-failed-text',
  skipped: 'border border-dashed border-line-control text-ink-3',
  cancelled: 'bg-line text-ink-3',
}

/** Titles of what does not run step back. */
export function isMuted(state: CardState): boolean {
  return state === 'skipped' || state === 'cancelled'
}

/** Ink ring around a selected card, with a gap so that it is never taken for the ring of a state. */
export const selectedClass = 'outline-[1.5px] outline-offset-[3px] outline-solid outline-select'
