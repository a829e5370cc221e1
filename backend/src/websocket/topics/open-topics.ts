import { AppError } from '@millrace/shared/errors/app-error'
import type { EventBridge } from '../../events/event-bridge.ts'
import type { TopicHead } from '../../events/event-reader.ts'
import type { FaultReports } from '../fault-reports.ts'
import { OpenTopic, type TopicReader } from './open-topic.ts'

const openRoundsMax = 5

export interface OpenTopicsDeps {
  bridge: EventBridge
  settings: { ringBytesMax: number; ringsBytesMax: number; ringLingerMs: number }
  faults: FaultReports
}

/** The topics read in this process, each opened once however many read it, and their memory together. */
export class OpenTopics {
  readonly #deps: OpenTopicsDeps
  readonly #topics = new Map<string, OpenTopic>()
  readonly #opening = new Map<string, Promise<OpenTopic | null>>()
  #bytes = 0

  constructor(deps: OpenTopicsDeps) {
    this.#deps = deps
  }

  get count(): number {
    return this.#topics.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(topic: string): OpenTopic | undefined {
    return this.#topics.get(topic)
  }

  /** Null: there is no such topic. Rejects when the log cannot be read. Callers join with `join` in the same turn. */
  async open(topic: string, whenAbsent: TopicHead | null): Promise<OpenTopic | null> {
    for (let round = 0; round < openRoundsMax; round += 1) {
      const known = this.#topics.get(topic)
      if (known !== undefined) return known
      const opening = this.#opening.get(topic) ?? this.#attach(topic, whenAbsent)
      this.#opening.set(topic, opening)
      const opened = await opening
      // Somebody who waited for the same topic may have been refused and have closed it again.
      if (opened === null || this.#topics.get(topic) === opened) return opened
    }
    throw new AppError('DATABASE_UNAVAILABLE', { reason: 'the topic closes as fast as it opens' })
  }

  join(topic: OpenTopic, reader: TopicReader): void {
    topic.subscribers.add(reader)
    topic.idleSince = null
  }

  leave(topic: OpenTopic, reader: TopicReader, now: number): void {
    topic.subscribers.delete(reader)
    if (topic.subscribers.size === 0) topic.idleSince = now
  }

  /** Closes what nobody has read for a while; clients that come back sooner find the ring warm. */
  sweep(now: number): void {
    for (const topic of this.#topics.values()) {
      const isIdle = topic.subscribers.size === 0 && now - (topic.idleSince ?? now) >= this.#deps.settings.ringLingerMs
      if (isIdle) this.#drop(topic)
      else if (topic.subscribers.size === 0) topic.idleSince ??= now
    }
  }

  /**
   * Lets the next sweep close a topic that nobody reads. Not at once: whoever waited for the same opening joins in
   * the same turn, and would join what is closed.
   */
  dropIfIdle(topic: OpenTopic): void {
    if (topic.subscribers.size === 0) topic.idleSince = Number.NEGATIVE_INFINITY
  }

  close(): void {
    for (const topic of this.#topics.values()) this.#drop(topic)
  }

  async #attach(name: string, whenAbsent: TopicHead | null): Promise<OpenTopic | null> {
    const { bridge, settings, faults } = this.#deps
    const { ringBytesMax } = settings
    try {
      return await bridge.attach(
        name,
        (head) => {
          const topic = new OpenTopic(head, { ringBytesMax, faults, onBytes: (delta) => this.#count(delta) })
          this.#topics.set(name, topic)
          return topic
        },
        whenAbsent,
      )
    } finally {
      this.#opening.delete(name)
    }
  }

  #drop(topic: OpenTopic): void {
    const { ring } = topic
    if (this.#topics.get(ring.topic) !== topic) return
    this.#topics.delete(ring.topic)
    this.#bytes -= ring.bytes
    this.#deps.bridge.detach(ring.topic)
  }

  #count(deltaBytes: number): void {
    this.#bytes += deltaBytes
    if (this.#bytes <= this.#deps.settings.ringsBytesMax) return
    // The largest give half: the rest of them is still what most readers need.
    const bySize = [...this.#topics.values()].toSorted((a, b) => b.ring.bytes - a.ring.bytes)
    for (const topic of bySize) {
      if (this.#bytes <= this.#deps.settings.ringsBytesMax * 0.9) return
      topic.shrink()
    }
  }
}
