import type { StoredEvent } from './event-reader.ts'

/** Word of an event that is too large to be carried: it is in the log. */
export interface EventNudge {
  topic: string
  epoch: string
  seq: number
  payload: null
}

export type AnnouncedEvent = StoredEvent | EventNudge

export type EventBusListener = (events: readonly AnnouncedEvent[]) => void

/**
 * Tells every API process what has just been stored. A courier and no more: it may lose, repeat and
 * reorder, for the bridge compares numbers and reads what is missing from the log. An implementation
 * between processes may leave out large payloads; they cost one read then.
 */
export interface EventBus {
  /** Never throws and never waits: the events are durable already. */
  publish(events: readonly StoredEvent[]): void
  /** Returns how to stop. Listeners are called synchronously and must not throw. */
  subscribe(listener: EventBusListener): () => void
  /** Between processes: a topic is followed here from now on, or no longer. Each `follow` has one `unfollow`. */
  follow?(topic: string): void
  unfollow?(topic: string): void
  /** Between processes: calls the listener when events of the topics that it is asked about may have been missed. */
  onGap?(listener: (isMeant: (topic: string) => boolean) => void): () => void
  close(): Promise<void>
}

/** For one process that is API and worker at once. */
export class InProcessEventBus implements EventBus {
  readonly #listeners = new Set<EventBusListener>()

  publish(events: readonly StoredEvent[]): void {
    if (events.length === 0) return
    for (const listener of this.#listeners) listener(events)
  }

  subscribe(listener: EventBusListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
  }
}
