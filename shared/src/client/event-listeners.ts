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

type Listener = (frame: ServerFrame) => void

/** Listeners by frame type, and for all of them under `*`. */
export class EventListeners {
  readonly #contain: Contain
  readonly #byType = new Map<string, Set<Listener>>()
  /** Numbers told lately, by topic. Not only the highest: two channels replay one topic each at its own pace. */
  readonly #told = new Map<string, Set<number>>()

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
    // An approval and the question behind it have one number and are two things to hear of.
    const source = isApprovalEvent(event) ? `${event.topic} approvals` : event.topic
    const told = this.#told.get(source) ?? new Set()
    this.#told.set(source, told)
    if (told.has(event.seq)) return
    told.add(event.seq)
    const [oldest] = told
    if (told.size > toldPerTopicMax && oldest !== undefined) told.delete(oldest)
    this.tell(event)
  }

  tell(frame: ServerFrame): void {
    for (const type of [frame.type, '*']) {
      for (const listener of this.#byType.get(type) ?? []) this.#contain(() => listener(frame))
    }
  }

  /** A new connection may follow a topic whose numbers began anew. */
  forgetTold(): void {
    this.#told.clear()
  }

  clear(): void {
    this.#byType.clear()
    this.#told.clear()
  }
}
