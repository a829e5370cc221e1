import type { EventDraft } from '@millrace/shared/events'
import { type BatchStep, callOf, type PreparedStatement } from '../repositories/prepared-batch.ts'

/** What the log knows of one node generation: the highest attempt it saw and how it ended. */
export interface NodeFence {
  attempt: number
  endedAs: string | null
  /** Whether it differs from what is stored. */
  isDirty: boolean
}

/** Events that only an activity's attempt sends; these are what a zombie would go on sending. */
const attemptEvents = new Set(['node:started', 'node:retry', 'node:stream', 'node:progress', 'node:log'])
const endEvents = new Set(['node:completed', 'node:failed', 'node:cancelled'])

/**
 * R2: the log vetoes only what comes from an attempt that is lower than the highest seen, or from a
 * node that has ended. What the workflow says is a committed fact and always accepted. A retry notice of
 * a lower attempt is accepted too: the next attempt sends it for one that died (R5).
 */
export function isFenced(draft: EventDraft, fence: NodeFence | undefined): boolean {
  if (fence === undefined || !attemptEvents.has(draft.type) || !('attempt' in draft) || draft.attempt === undefined)
    return false
  if (fence.endedAs !== null) return true
  return draft.type !== 'node:retry' && draft.attempt < fence.attempt
}

/** The fence after an accepted event. */
export function advanceFence(draft: EventDraft, fence: NodeFence | undefined): NodeFence | undefined {
  const attempt = 'attempt' in draft ? (draft.attempt ?? 0) : 0
  const endedAs = endEvents.has(draft.type) ? draft.type : (fence?.endedAs ?? null)
  const highest = Math.max(fence?.attempt ?? 0, draft.type === 'node:retry' ? 0 : attempt)
  if (fence !== undefined && fence.attempt === highest && fence.endedAs === endedAs) return fence
  return { attempt: highest, endedAs, isDirty: true }
}

export function needsFence(draft: EventDraft): draft is EventDraft & { executionId: string; nodePath: string } {
  return 'nodePath' in draft && (attemptEvents.has(draft.type) || endEvents.has(draft.type))
}

export function fenceKey(executionId: string, nodePath: string): string {
  return `${executionId}\n${nodePath}`
}

export function executionIdOfFence(key: string): string {
  return splitKey(key)[0]
}

/** One search by index for each node; see `findStoredStatement`. */
const loadStatement: PreparedStatement = {
  name: 'load-fences',
  types: ['text[]', 'text[]'],
  text: `select fence.execution_id, fence.node_path, fence.attempt, fence.ended_as
         from unnest($1, $2) as named(execution_id, node_path)
         cross join lateral (
           select * from node_fences
           where node_fences.execution_id = named.execution_id and node_fences.node_path = named.node_path limit 1
         ) as fence`,
}

/** Reads the fences of the given nodes; `toFences` takes its result. The lock on the execution's topic guards them. */
export function loadFences(keys: ReadonlySet<string>): BatchStep {
  const pairs = [...keys].map(splitKey)
  return callOf(
    loadStatement,
    pairs.map(([executionId]) => executionId),
    pairs.map(([, nodePath]) => nodePath),
  )
}

export function toFences(
  rows: { execution_id: string; node_path: string; attempt: number; ended_as: string | null }[],
): Map<string, NodeFence> {
  return new Map(
    rows.map((row) => [
      fenceKey(row.execution_id, row.node_path),
      { attempt: row.attempt, endedAs: row.ended_as, isDirty: false },
    ]),
  )
}

const saveStatement: PreparedStatement = {
  name: 'save-fences',
  types: ['text[]', 'text[]', 'int[]', 'text[]'],
  text: `insert into node_fences (execution_id, node_path, attempt, ended_as)
         select * from unnest($1, $2, $3, $4)
         on conflict (execution_id, node_path) do update set attempt = excluded.attempt, ended_as = excluded.ended_as`,
}

export function saveFences(fences: ReadonlyMap<string, NodeFence>): BatchStep[] {
  const dirty = [...fences].filter(([, fence]) => fence.isDirty)
  if (dirty.length === 0) return []
  const pairs = dirty.map(([key]) => splitKey(key))
  return [
    callOf(
      saveStatement,
      pairs.map(([executionId]) => executionId),
      pairs.map(([, nodePath]) => nodePath),
      dirty.map(([, fence]) => fence.attempt),
      dirty.map(([, fence]) => fence.endedAs),
    ),
  ]
}

function splitKey(key: string): [string, string] {
  const [executionId = '', nodePath = ''] = key.split('\n')
  return [executionId, nodePath]
}
