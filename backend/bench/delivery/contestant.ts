/** Bytes of one event's JSON, the same for everybody. */
export const eventBytes = 200

/** Numbers of one width, so that every event has the same length. */
export const firstSeq = 1_000_000

export const executionId = 'bench'

/** A server of the same room of clients, written in one of the ways that are compared. */
export interface Contestant {
  port: number
  /** Publishes so many events in one turn of the event loop; resolves when all clients have been written to. */
  publish(eventCount: number): Promise<void>
  /** How many clients are in the room. */
  joinedCount(): number
}

export type ContestantName = 'ours' | 'raw' | 'ws-buffer' | 'ws-naive' | 'socket.io'

/** An event as ours are, of exactly `eventBytes`. */
export function eventOf(seq: number): Record<string, unknown> {
  const event = {
    type: 'node:log',
    eventId: `write/node:log/1/${seq}`,
    timestamp: 1_800_000_000_000,
    executionId,
    nodeId: 'write',
    message: '',
    seq,
  }
  const bytes = JSON.stringify(event).length
  return { ...event, message: 'x'.repeat(eventBytes - bytes) }
}
