import type { PresenceViewer } from '@millrace/shared/protocol/presence'

/** Who watches a topic in one process: all of it, so a lost message is mended by the next. */
export interface PresenceReport {
  topic: string
  /** The first of them, for lists are capped. */
  viewers: readonly PresenceViewer[]
  count: number
  /** The sender has just begun to listen and does not know of others. */
  asks: boolean
}

export interface PresenceListener {
  /** `from` names the process. Must not throw. */
  hear(from: string, report: PresenceReport): void
  /** What was said until now about these topics was not heard. */
  joined(isMeant: (topic: string) => boolean): void
}

/**
 * Tells other processes who is there. It may lose everything: who is there is told again all the time, and
 * never stored.
 */
export interface PresenceBus {
  /** Never throws and never waits. */
  publish(report: PresenceReport): void
  /** Set once. */
  listen(listener: PresenceListener): void
  /** A topic is watched here from now on, or no longer. Each `follow` has one `unfollow`. */
  follow(topic: string): void
  unfollow(topic: string): void
  close(): Promise<void>
}

/** For a process that is the only one. */
export class InProcessPresenceBus implements PresenceBus {
  publish(): void {}
  listen(): void {}
  follow(): void {}
  unfollow(): void {}
  async close(): Promise<void> {}
}
