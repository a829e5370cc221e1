import type { MemoryLog } from '../delivery/memory-log.ts'

/** One line of a conversation. `client` and `server` are frames; fields not named are not compared. */
export type Line =
  | { client: Record<string, unknown> | string | Buffer }
  | { server: Record<string, unknown> }
  | { happens: string; act: (log: MemoryLog) => void }
  | { closes: { code: number; reason: string } }

export interface Conversation {
  /** A sentence; docs/protocol.md prints it as a heading. */
  name: string
  /** After `/ws`; default: nothing. */
  path?: string
  lines: Line[]
}
