/**
 * Channels that topics are spread over. A process listens only to those of the topics it follows, so that it
 * need not read everything that happens anywhere; few enough to join them all again in one command.
 */
const channelCount = 64

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/** The channel of a topic, the same in every process. Events of a topic share it, which keeps their order. */
export function channelOf(topic: string): string {
  let hash = fnvOffset
  for (let index = 0; index < topic.length; index += 1) {
    hash = Math.imul(hash ^ topic.charCodeAt(index), fnvPrime)
  }
  return `millrace:events:${(hash >>> 0) % channelCount}`
}
