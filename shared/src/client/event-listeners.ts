import { isApprovalEvent } from '../protocol/approval-events.ts'
import type { ChannelEvent } from '../protocol/channels.ts'
import type { ServerFrame, ServerMessageOf, ServerMessageType } from '../protocol/messages.ts'
import type { Contain } from './contained.ts'

/** What a listener for one type is given. */
export type FrameOf<Type extends FrameType> = Type extends ServerMessageType
  ? ServerMessageOf<Type>
  : Extract<ChannelEvent, { type: Type }>

export type FrameType = ChannelEvent['type'] | ServerMessageType

/** Twice what the server replays of a channel. */
const toldPerTopicMax = 2000
/** As many as a connection may have subscriptions. */
const topicsMax = 100

type Listener = (frame: ServerFrame) => void

interface Told {
  /** Null: nobody has said, as of a person's own topic. */
  epoch: string | null
  /** Numbers told lately. Not only the highest: two channels replay one topic each at its own pace. */
  seqs: Set<number>
  approvalSeqs: Set<number>
}

/** Listeners by frame type, and for all of them under `*`. */
export class EventListeners {
  readonly #contain: Contain
  readonly #byType = new Map<string, Set<Listener>>()
  readonly #told = new Map<string, Told>()

  constructor(contain: Contain) {
    this.#contain = contain
  }

  add(type: string, listener: (frame: never) => void): () => void {
    // A wrapper, so that a function added twice is two listeners with two ends.
    const own: Listener = (frame) => listener(frame as never)
    const listeners = this.#byType.get(type) ?? new Set()
    this.#byType.set(type, listeners.add(own))
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#byType.get(type) === listeners) this.#byType.delete(type)
    }
  }

  /** For events outside an execution's topic: told only the first time. */
  tellOnce(event: ChannelEvent & { topic: string }): void {
    const { seqs, approvalSeqs } = this.#toldOf(event.topic)
    // An approval and the question behind it have one number and are two things to hear of.
    const told = isApprovalEvent(event) ? approvalSeqs : seqs
    if (told.has(event.seq)) return
    told.add(event.seq)
    const [oldest] = told
    if (told.size > toldPerTopicMax && oldest !== undefined) told.delete(oldest)
    this.tell(event)
  }

  /** Numbers of another epoch are other events. Kept over connections: one channel may be told again what another has told. */
  noteEpoch(topic: string, epoch: string): void {
    const told = this.#toldOf(topic)
    if (told.epoch !== null && told.epoch !== epoch) {
      told.seqs.clear()
      told.approvalSeqs.clear()
    }
    told.epoch = epoch
  }

  tell(frame: ServerFrame): void {
    for (const type of [frame.type, '*']) {
      for (const listener of this.#byType.get(type) ?? []) this.#contain(() => listener(frame))
    }
  }

  /** On a new connection the numbers of a topic whose epoch nobody says may have begun anew. */
  handleConnected(): void {
    for (const [topic, { epoch }] of this.#told) if (epoch === null) this.#told.delete(topic)
  }

  #toldOf(topic: string): Told {
    const known = this.#told.get(topic)
    if (known !== undefined) return known
    const told: Told = { epoch: null, seqs: new Set(), approvalSeqs: new Set() }
    this.#told.set(topic, told)
    const [oldest] = this.#told.keys()
    if (this.#told.size > topicsMax && oldest !== undefined) this.#told.delete(oldest)
    return told
  }

  clear(): void {
    this.#byType.clear()
    this.#told.clear()
  }
}
