import { type EventDraft, isTerminalEvent } from '@millrace/shared/events'
import type { AppendOutcome, EventOwner } from '@millrace/temporal/ports'
import type pg from 'pg'
import type { StoredEvent } from './event-reader.ts'
import { advanceFence, fenceKey, isFenced, type NodeFence, needsFence } from './node-fence.ts'
import type { RunFacts } from './run-facts.ts'
import { draftJsonOf, payloadOf } from './stored-payload.ts'
import type { LockedHead } from './topic-heads.ts'
import { eventIdIn, topicsOf } from './topic-name.ts'

/** One caller's drafts, stored together and in order. */
export interface AppendRequest {
  owner: EventOwner
  drafts: EventDraft[]
  /** Rows that must exist together with the events; runs first in the transaction. */
  before?: (client: pg.PoolClient) => Promise<void>
}

export interface AppendResult {
  /** One per draft. */
  outcomes: AppendOutcome[]
  /** What was newly stored, a row per topic, in order of storing. */
  stored: StoredEvent[]
}

/** A draft with the topics it lives in, the execution's first. */
export interface Entry {
  draft: EventDraft
  topics: string[]
  workspaceId: string
}

export type EventRow = StoredEvent & { executionId: string | null }

/** What decides about drafts; all of it moves along while drafts are accepted. */
export interface AppendState {
  heads: Map<string, LockedHead>
  /** Of events that are stored, by `identity`. */
  storedSeqs: Map<string, number>
  facts: RunFacts
  fences: Map<string, NodeFence>
}

export interface Acceptance {
  results: AppendResult[]
  accepted: EventDraft[]
  rows: EventRow[]
}

/** The requests' drafts with their topics, in groups as they came, and the workspace of each topic. */
export function entriesOf(requests: readonly AppendRequest[]): { groups: Entry[][]; workspaceOf: Map<string, string> } {
  const workspaceOf = new Map<string, string>()
  const groups = requests.map(({ owner, drafts }) =>
    drafts.map((draft): Entry => {
      const topics = topicsOf(owner, draft)
      for (const topic of topics) workspaceOf.set(topic, owner.workspaceId)
      return { draft, topics, workspaceId: owner.workspaceId }
    }),
  )
  return { groups, workspaceOf }
}

export function fenceKeysOf(entries: readonly Entry[]): Set<string> {
  return new Set(
    entries.flatMap(({ draft }) => (needsFence(draft) ? [fenceKey(draft.executionId, draft.nodePath)] : [])),
  )
}

/** Decides about each draft in turn and numbers what is accepted. Touches nothing but `state`. */
export function acceptDrafts(groups: readonly Entry[][], state: AppendState): Acceptance {
  const accepted: EventDraft[] = []
  const rows: EventRow[] = []
  const results = groups.map((group): AppendResult => {
    const stored: StoredEvent[] = []
    const outcomes = group.map((entry): AppendOutcome => {
      const refusal = refuse(entry, state)
      if (refusal !== null) return refusal
      accepted.push(entry.draft)
      const added = rowsOf(entry, state)
      for (const row of added) state.storedSeqs.set(identity(row.topic, row.eventId), row.seq)
      rows.push(...added)
      stored.push(...added)
      return { status: 'appended', seq: added[0]?.seq ?? 0 }
    })
    return { outcomes, stored }
  })
  return { results, accepted, rows }
}

export function identity(topic: string, eventId: string): string {
  return `${topic}\n${eventId}`
}

/** Why a draft is not stored; null: it is, and the fences know of it. */
function refuse({ draft, topics: [first = ''] }: Entry, { storedSeqs, facts, fences }: AppendState) {
  const storedSeq = storedSeqs.get(identity(first, eventIdIn(first, draft)))
  if (storedSeq !== undefined) return { status: 'duplicate', seq: storedSeq } as const
  if ('executionId' in draft) {
    if (facts.isClosed(draft.executionId)) return { status: 'refused', reason: 'terminal' } as const
    if (isTerminalEvent(draft)) facts.close(draft.executionId)
  }
  if (!needsFence(draft)) return null
  const key = fenceKey(draft.executionId, draft.nodePath)
  const fence = fences.get(key)
  if (isFenced(draft, fence)) return { status: 'refused', reason: 'fenced' } as const
  const next = advanceFence(draft, fence)
  if (next !== undefined) fences.set(key, next)
  return null
}

function rowsOf({ draft, topics, workspaceId }: Entry, { heads, facts }: AppendState): EventRow[] {
  const json = draftJsonOf(facts.stamp(draft))
  return topics.map((topic) => {
    const head = heads.get(topic)
    if (head === undefined) throw new Error(`topic ${topic} is not locked`)
    head.seq += 1
    return {
      topic,
      epoch: head.epoch,
      seq: head.seq,
      eventId: eventIdIn(topic, draft),
      type: draft.type,
      payload: payloadOf(json, { topic, seq: head.seq, workspaceId }),
      executionId: 'executionId' in draft ? draft.executionId : null,
    }
  })
}
