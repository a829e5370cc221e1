import type { EventDraft } from '@millrace/shared/events'
import type pg from 'pg'
import { callOf, type PreparedStatement, runBatch } from '../repositories/prepared-batch.ts'
import {
  type AppendRequest,
  type AppendResult,
  type AppendState,
  acceptDrafts,
  type Entry,
  type EventRow,
  entriesOf,
  fenceKeysOf,
} from './accept-drafts.ts'
import { executionIdOfFence, type NodeFence, saveFences } from './node-fence.ts'
import { readModelSteps } from './read-models.ts'
import { closesQuestion, RunFacts } from './run-facts.ts'
import type { LockedHead } from './topic-heads.ts'
import type { KnownTopic, TopicMemory } from './topic-memory.ts'
import { executionTopic } from './topic-name.ts'

/** The least time between two updates of a run's `touched_at`: its row has four indexes, and its readers think in seconds. */
const touchIntervalMs = 1000

/** SQLSTATE of what a statement of this file throws when the topic is not as remembered, and of a repeated event id. */
const movedCode = '22012'
const duplicateCode = '23505'

/**
 * Moves a topic's head from where this process left it and stores the events, or fails as a whole: no head
 * moved means a division by zero. So nothing is stored on the word of a memory that is out of date. Running
 * it topic by topic in the order of their names locks them in the order that everyone keeps.
 */
const appendStatement: PreparedStatement = {
  name: 'append-to-topic',
  types: ['text', 'text', 'bigint', 'bigint', 'text[]', 'text[]', 'text[]', 'text[]', 'bigint'],
  text: `with moved as (update topics set head = $4 where topic = $1 and epoch = $2 and head = $3 returning 1)
         insert into events (topic, seq, event_id, type, execution_id, payload, created_at)
         select $1, $3 + added.place, added.event_id, added.type, added.execution_id, added.payload, $9
         from unnest($5, $6, $7, $8) with ordinality as added(event_id, type, execution_id, payload, place)
         where 1 / (select count(*)::int from moved) = 1`,
}

/**
 * Stores the requests in a single exchange with the database, where all that decides about them is known.
 * Null: it is not, or no longer; nothing was stored, and `appendInTransaction` can tell.
 */
export async function appendFromMemory(
  client: pg.PoolClient,
  requests: readonly AppendRequest[],
  memory: TopicMemory,
): Promise<AppendResult[] | null> {
  if (requests.some(({ before }) => before !== undefined)) return null
  const { groups, workspaceOf } = entriesOf(requests)
  const known = recallTopics(workspaceOf.keys(), memory)
  const state = known === null ? null : recallState(groups.flat(), known)
  if (known === null || state === null) return null
  const now = Date.now()
  const { results, accepted, rows } = acceptDrafts(groups, state)
  // What is refused on the word of the memory alone has not been checked.
  if (rows.length === 0) return null
  const touched = executionsToTouch(accepted, known, now)
  try {
    // Without `begin`: what is sent as one text is one transaction.
    await runBatch(client, [
      ...appendSteps(rows, known, now),
      ...saveFences(state.fences),
      ...readModelSteps(accepted, touched, now),
    ])
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === movedCode) memory.distrust(workspaceOf.keys(), now)
    if (code === movedCode || code === duplicateCode) return null
    throw error
  }
  memory.learn({ state, created: new Set(), touched: new Set(touched), now })
  return results
}

function recallTopics(topics: Iterable<string>, memory: TopicMemory): Map<string, KnownTopic> | null {
  const known = new Map<string, KnownTopic>()
  for (const topic of topics) {
    const one = memory.get(topic)
    if (one === undefined) return null
    known.set(topic, one)
  }
  return known
}

/** What `readState` of the other way would have read. Null: some of it is not known. */
function recallState(entries: readonly Entry[], known: ReadonlyMap<string, KnownTopic>): AppendState | null {
  const runs = new Map<string, NonNullable<KnownTopic['run']>>()
  for (const { draft } of entries) {
    if (!('executionId' in draft)) continue
    const run = known.get(executionTopic(draft.executionId))?.run
    // What closes a question is stored with facts of the question.
    if (run === undefined || run === null || closesQuestion(draft)) return null
    runs.set(draft.executionId, run)
  }
  const fences = new Map<string, NodeFence>()
  for (const key of fenceKeysOf(entries)) {
    const run = runs.get(executionIdOfFence(key))
    const fence = run?.fences.get(key)
    if (fence !== undefined) fences.set(key, fence)
    else if (run?.hasEveryFence !== true) return null
  }
  const facts = new RunFacts(
    [...runs].map(([id, { workflowId }]) => ({ id, workflow_id: workflowId, closed: false })),
    [],
  )
  const heads = [...known].map(([topic, { epoch, head }]): [string, LockedHead] => [
    topic,
    { epoch, from: head, seq: head },
  ])
  return { heads: new Map(heads), storedSeqs: new Map(), facts, fences }
}

function executionsToTouch(
  accepted: readonly EventDraft[],
  known: ReadonlyMap<string, KnownTopic>,
  now: number,
): string[] {
  const written = new Set(accepted.flatMap((draft) => ('executionId' in draft ? [draft.executionId] : [])))
  return [...written].filter((id) => now - (known.get(executionTopic(id))?.run?.touchedAt ?? 0) >= touchIntervalMs)
}

function appendSteps(rows: readonly EventRow[], known: ReadonlyMap<string, KnownTopic>, now: number) {
  const byTopic = Map.groupBy(rows, ({ topic }) => topic)
  return [...byTopic.keys()].toSorted().map((topic) => {
    const added = byTopic.get(topic) ?? []
    const { epoch, head } = known.get(topic) ?? { epoch: '', head: 0 }
    return callOf(
      appendStatement,
      topic,
      epoch,
      head,
      head + added.length,
      added.map(({ eventId }) => eventId),
      added.map(({ type }) => type),
      added.map(({ executionId }) => executionId),
      added.map(({ payload }) => payload),
      now,
    )
  })
}
