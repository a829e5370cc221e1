import type { EventReader, TopicHead } from '../../src/events/event-reader.ts'

/** The heads of a reader that a test answers for topic by topic. */
export function headsBy(head: EventReader['head']): EventReader['heads'] {
  return async (topics) => {
    const heads = new Map<string, TopicHead>()
    for (const topic of topics) {
      const one = await head(topic)
      if (one !== null) heads.set(topic, one)
    }
    return heads
  }
}
