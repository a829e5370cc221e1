import { executionTopic } from '../events/topic-name.ts'
import type { Connection } from './connections/connection.ts'
import type { OpenTopic, TopicReader } from './topics/open-topic.ts'
import type { OpenTopics } from './topics/open-topics.ts'

/** Waits for the end of a run and reads nothing of it. */
class AwaitedEnd implements TopicReader {
  readonly isOpening = false
  /** True: the run is over. False: nobody waits any more. */
  readonly over = Promise.withResolvers<boolean>()
  topic: OpenTopic | null = null

  wake(): void {
    if (this.topic?.ring.isClosed === true) this.over.resolve(true)
  }

  resync(): void {
    this.wake()
  }
}

/** The runs whose end connections wait for, without a word about anything before it. Bounded per connection. */
export class AwaitedEnds {
  readonly #topics: OpenTopics
  readonly #perConnectionMax: number
  readonly #waiting = new Map<Connection, Map<string, AwaitedEnd>>()

  constructor(topics: OpenTopics, { perConnectionMax }: { perConnectionMax: number }) {
    this.#topics = topics
    this.#perConnectionMax = perConnectionMax
  }

  /**
   * Null: this connection waits for as many runs as it may. Else resolves with true when the run is over, also
   * when it is already; with false when the connection is gone, may not know of it, or waits for it anew.
   * Rejects when the log cannot be read.
   */
  wait(connection: Connection, executionId: string): Promise<boolean> | null {
    if (connection.state !== 'live') return null
    const ofConnection = this.#waiting.get(connection) ?? new Map<string, AwaitedEnd>()
    const former = ofConnection.get(executionId)
    if (former === undefined && ofConnection.size >= this.#perConnectionMax) return null
    former?.over.resolve(false)
    const end = new AwaitedEnd()
    this.#waiting.set(connection, ofConnection.set(executionId, end))
    return this.#watch(connection, executionId, end)
  }

  /** The connection is gone. */
  drop(connection: Connection): void {
    for (const { over } of this.#waiting.get(connection)?.values() ?? []) over.resolve(false)
  }

  async #watch(connection: Connection, executionId: string, end: AwaitedEnd): Promise<boolean> {
    try {
      const topic = await this.#topics.open(executionTopic(executionId), null)
      if (topic === null || !connection.mayRead(topic.ring)) return false
      end.topic = topic
      this.#topics.join(topic, end)
      // What came while the topic was opened woke nobody.
      end.wake()
      const isOver = await end.over.promise
      this.#topics.leave(topic, end, Date.now())
      return isOver && connection.mayRead(topic.ring)
    } finally {
      const ofConnection = this.#waiting.get(connection)
      if (ofConnection?.get(executionId) === end) ofConnection.delete(executionId)
      if (ofConnection?.size === 0) this.#waiting.delete(connection)
    }
  }
}
