import type { AppendState } from './accept-drafts.ts'
import type { StoredEvent } from './event-reader.ts'
import { executionIdOfFence, type NodeFence } from './node-fence.ts'
import { executionIdOfTopic } from './topic-name.ts'

/**
 * What this process knows of a topic. All of it is true as long as the topic's epoch and head are the ones
 * named here, for nothing else of a topic changes without its head; an append checks them in the database.
 */
export interface KnownTopic {
  epoch: string
  head: number
  /** Of an execution's topic, while the execution is open. */
  run: KnownRun | null
}

export interface KnownRun {
  workflowId: string | null
  /** When its row was last told that it lives, epoch milliseconds. */
  touchedAt: number
  fences: ReadonlyMap<string, NodeFence>
  /** The run began under our eyes: a node without a fence here has none. */
  hasEveryFence: boolean
}

/** Runs that write at the same time, and their workspaces; the one written longest ago is forgotten. */
const topicsMax = 1000

/** Per run. With `topicsMax` at most some 30 MB, and that only if all of them are huge. */
const fencesMax = 200

/** How long a topic that another process wrote meanwhile is read before it is written, milliseconds. */
const distrustMs = 1000

/** An append that has been committed. */
export interface LearntAppend {
  state: AppendState
  /** Topics that it created. */
  created: ReadonlySet<string>
  /** Executions whose rows it updated. */
  touched: ReadonlySet<string>
  now: number
}

/** Lets an append go without reading first. One process uses it for one transaction at a time. */
export class TopicMemory {
  readonly #known = new Map<string, KnownTopic>()
  /** Until when, by topic. */
  readonly #distrusted = new Map<string, number>()

  get(topic: string): KnownTopic | undefined {
    const known = this.#known.get(topic)
    if (known === undefined) return undefined
    this.#known.delete(topic)
    this.#known.set(topic, known)
    return known
  }

  /** Takes over what a committed append has read and changed. */
  learn({ state, created, touched, now }: LearntAppend): void {
    const fencesOf = Map.groupBy(state.fences, ([key]) => executionIdOfFence(key))
    for (const [topic, { epoch, from, seq }] of state.heads) {
      const former = this.#known.get(topic)
      this.#known.delete(topic)
      const executionId = executionIdOfTopic(topic)
      if (this.#isDistrusted(topic, now) || (executionId !== null && state.facts.isClosed(executionId))) continue
      const run =
        executionId === null
          ? null
          : runOf({
              workflowId: state.facts.workflowIdOf(executionId),
              former: former?.epoch === epoch && former.head === from ? former.run : null,
              isCreated: created.has(topic),
              touchedAt: touched.has(executionId) ? now : null,
              fences: fencesOf.get(executionId) ?? [],
            })
      this.#known.set(topic, { epoch, head: seq, run })
    }
    forgetOldest(this.#known, topicsMax)
  }

  /** Somebody else writes these topics too. */
  distrust(topics: Iterable<string>, now: number): void {
    for (const topic of topics) {
      this.#known.delete(topic)
      this.#distrusted.delete(topic)
      this.#distrusted.set(topic, now + distrustMs)
    }
    forgetOldest(this.#distrusted, topicsMax)
  }

  /** Takes note of events that a transaction of another kind has stored. Of the executions in it nothing is known then. */
  follow(stored: readonly StoredEvent[]): void {
    for (const { topic, seq } of stored) {
      const known = this.#known.get(topic)
      if (known === undefined) continue
      if (known.run === null && known.head === seq - 1) this.#known.set(topic, { ...known, head: seq })
      else this.#known.delete(topic)
    }
  }

  #isDistrusted(topic: string, now: number): boolean {
    const until = this.#distrusted.get(topic)
    if (until === undefined) return false
    if (until > now) return true
    this.#distrusted.delete(topic)
    return false
  }
}

function runOf({
  workflowId,
  former,
  isCreated,
  touchedAt,
  fences,
}: {
  workflowId: string | null
  former: KnownRun | null
  isCreated: boolean
  touchedAt: number | null
  fences: [string, NodeFence][]
}): KnownRun {
  const known = new Map(former?.fences)
  for (const [key, fence] of fences) known.set(key, { ...fence, isDirty: false })
  const isTooMuch = known.size > fencesMax
  return {
    workflowId,
    touchedAt: touchedAt ?? former?.touchedAt ?? 0,
    fences: isTooMuch ? new Map() : known,
    hasEveryFence: !isTooMuch && (isCreated || (former?.hasEveryFence ?? false)),
  }
}

function forgetOldest(map: Map<string, unknown>, sizeMax: number): void {
  for (const key of map.keys()) {
    if (map.size <= sizeMax) return
    map.delete(key)
  }
}
