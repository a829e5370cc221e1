import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import { encodeMessage, type TextFrame } from '../frames/text-frame.ts'
import type { LogPager } from './log-pager.ts'
import type { EventFrame, TopicRing } from './topic-ring.ts'

/** A folded state as the wire has it, shared by everyone who asks at the same place. */
export interface Snapshot {
  seq: number
  epoch: string
  frame: TextFrame
}

export interface SnapshotCacheSettings {
  snapshotsMax: number
  snapshotsBytesMax: number
}

interface Entry {
  epoch: string
  view: ExecutionView
  seq: number
  snapshot: Snapshot | null
}

/** Events folded before others get a turn: a few milliseconds. */
const foldedPerTurnMax = 500

/**
 * Folds executions for those who come late, with the reducer that the browser has. A state is folded once
 * and carried on from where it stands, so the thousandth viewer of a long run costs no more than a few events.
 */
export class SnapshotCache {
  readonly #pager: LogPager
  readonly #settings: SnapshotCacheSettings
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()
  readonly #folding = new Map<string, Promise<Snapshot | null>>()

  constructor(pager: LogPager, settings: SnapshotCacheSettings) {
    this.#pager = pager
    this.#settings = settings
  }

  get count(): number {
    return this.#entries.size
  }

  /**
   * The state up to the ring's head at the time of asking, or a little further. Null: the log has nothing there, for it
   * may have begun anew and the ring has not heard of it. Rejects when the log cannot be read.
   */
  snapshot(ring: TopicRing): Promise<Snapshot | null> {
    const entry = this.#entries.get(ring.topic)
    if (entry?.snapshot != null && entry.seq === ring.head && entry.epoch === ring.epoch) {
      return Promise.resolve(entry.snapshot)
    }
    // Sharing a fold that is under way would hand out a state that is older than the question; it is caught up by events.
    const known = this.#folding.get(ring.topic)
    if (known !== undefined) return known
    const folding = this.#fold(ring).finally(() => this.#folding.delete(ring.topic))
    this.#folding.set(ring.topic, folding)
    return folding
  }

  forget(topic: string): void {
    this.#entries.delete(topic)
  }

  async #fold(ring: TopicRing): Promise<Snapshot | null> {
    const { topic, epoch } = ring
    const executionId = topic.slice(topic.indexOf(':') + 1)
    const known = this.#entries.get(topic)
    let entry: Entry =
      known !== undefined && known.epoch === epoch && known.seq <= ring.head
        ? known
        : { epoch, view: emptyExecutionView(executionId), seq: 0, snapshot: null }
    const target = ring.head
    while (entry.seq < target && ring.epoch === epoch) {
      const frames = await this.#framesAfter(ring, entry.seq)
      if (frames.length === 0) return null
      // Over a hole in the log, which the pager has reported, folding goes on: what is left is all there is to show.
      entry = { ...entry, view: foldFrames(entry.view, frames), seq: frames.at(-1)?.seq ?? entry.seq, snapshot: null }
    }
    if (entry.snapshot !== null) return entry.snapshot
    const { view: state, seq } = entry
    const frame = encodeMessage({ type: 'snapshot', timestamp: Date.now(), executionId, seq, epoch, state })
    const snapshot = { seq, epoch, frame }
    this.#keep(topic, { ...entry, snapshot })
    return snapshot
  }

  async #framesAfter(ring: TopicRing, afterSeq: number): Promise<readonly EventFrame[]> {
    if (afterSeq + 1 < ring.start) return this.#pager.page(ring.topic, ring.epoch, afterSeq)
    // A pause between two long stretches.
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    if (afterSeq + 1 < ring.start || afterSeq >= ring.head) return this.#pager.page(ring.topic, ring.epoch, afterSeq)
    return ring.slice(afterSeq, Number.POSITIVE_INFINITY).frames.slice(0, foldedPerTurnMax)
  }

  #keep(topic: string, entry: Entry): void {
    this.#entries.delete(topic)
    this.#entries.set(topic, entry)
    let bytes = 0
    for (const { snapshot } of this.#entries.values()) bytes += snapshot?.frame.bytes ?? 0
    for (const [oldest, { snapshot }] of this.#entries) {
      const isTooMuch = this.#entries.size > this.#settings.snapshotsMax || bytes > this.#settings.snapshotsBytesMax
      if (!isTooMuch || oldest === topic) return
      this.#entries.delete(oldest)
      bytes -= snapshot?.frame.bytes ?? 0
    }
  }
}

function foldFrames(view: ExecutionView, frames: readonly EventFrame[]): ExecutionView {
  return frames.reduce((folded, { event }) => applyEvent(folded, event), view)
}
