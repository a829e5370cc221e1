import type { AttemptView, ExecutionView, NodeView } from '@millrace/shared/engine/execution-view'

/** work: an attempt. wait: between two attempts, or for a person. due: an attempt to come. */
export interface TimelineBar {
  kind: 'work' | 'wait' | 'due'
  state: AttemptView['status'] | 'waiting' | 'instant'
  /** Milliseconds from the run's beginning. */
  from: number
  to: number
  label: string
}

/** Length of the bar of an attempt that has not begun, in milliseconds: nobody knows it. */
const dueMs = 1500

/** What a step did when, in milliseconds from the run's beginning. */
export function timelineBars(
  node: NodeView,
  nodeType: string,
  { startedAt, now }: { startedAt: number; now: number },
): TimelineBar[] {
  const bars: TimelineBar[] = []
  node.attempts.forEach((attempt, index) => {
    const from = attempt.startedAt - startedAt
    const to = (attempt.finishedAt ?? now) - startedAt
    const isLast = index === node.attempts.length - 1
    // A question's only attempt is the waiting itself.
    const isQuestion = nodeType === 'prompt' && attempt.status !== 'cancelled'
    bars.push({
      kind: 'work',
      state: isQuestion ? 'waiting' : attempt.status,
      from,
      to,
      label: attemptLabel(attempt, isLast),
    })
    const next = node.attempts[index + 1]
    if (attempt.nextRetryAt === null) return
    const until = (next?.startedAt ?? attempt.nextRetryAt) - startedAt
    bars.push({ kind: 'wait', state: 'failed', from: to, to: Math.max(to, until), label: '' })
    if (next === undefined && node.status === 'retrying') {
      bars.push({ kind: 'due', state: 'running', from: until, to: until + dueMs, label: 'next try' })
    }
  })
  if (node.attempts.length > 0 || node.startedAt === null) {
    // A pure step has no attempt: it is done at once.
    if (node.attempts.length === 0 && node.finishedAt !== null && node.status === 'completed') {
      const at = node.finishedAt - startedAt
      bars.push({ kind: 'work', state: 'instant', from: at, to: at, label: '' })
    }
    return bars
  }
  const to = (node.finishedAt ?? now) - startedAt
  const state = node.status === 'waiting' || node.status === 'cancelled' ? node.status : 'completed'
  bars.push({
    kind: 'wait',
    state: state === 'waiting' ? 'waiting' : state,
    from: node.startedAt - startedAt,
    to,
    label: '',
  })
  return bars
}

function attemptLabel(attempt: AttemptView, isLast: boolean): string {
  const status = attempt.error?.details?.status
  if (attempt.error !== null) return typeof status === 'number' ? String(status) : isLast ? attempt.error.code : ''
  return isLast && attempt.tokens > 0 ? `${attempt.tokens} tokens` : ''
}

/** Marks of the axis: about eight, at round numbers of seconds. */
export function timelineTicks(lengthMs: number): number[] {
  const steps = [
    100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
    14_400_000, 43_200_000, 86_400_000,
  ]
  const step = steps.find((candidate) => lengthMs / candidate <= 9) ?? 86_400_000 * Math.ceil(lengthMs / 86_400_000 / 9)
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => index * step)
}

/** Part of the axis that the pill at its present place covers on either side, on a page of usual width. */
const pillPart = 0.06

/** Marks that are written out: all but those under the pill at `atMs`, which says where the run is. */
export function timelineLabels(lengthMs: number, atMs: number): number[] {
  return timelineTicks(lengthMs).filter((tick) => Math.abs(tick - atMs) > lengthMs * pillPart)
}

/** Length that the axis shows: the run so far with some room, never less than two seconds. */
export function timelineLength(view: ExecutionView, now: number): number {
  const began = view.startedAt ?? view.createdAt ?? now
  const ends = [view.finishedAt ?? now]
  for (const node of Object.values(view.nodes)) {
    const dueAt = node.status === 'retrying' ? node.attempts.at(-1)?.nextRetryAt : null
    if (dueAt != null) ends.push(dueAt + dueMs)
  }
  return Math.max(2000, (Math.max(...ends) - began) * 1.12)
}
