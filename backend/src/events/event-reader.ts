import type { WorkflowEventType } from '@millrace/shared/events'

/** A row of the log. `payload` is the event's JSON as sent: with `seq`, and with `topic` outside the execution's own. */
export interface StoredEvent {
  topic: string
  /** Of the topic when it was stored or read: the same numbers in another epoch are other events. */
  epoch: string
  seq: number
  eventId: string
  type: WorkflowEventType
  payload: string
  /**
   * Epoch milliseconds with fractions; set on what somebody waits for, for measuring only: on what has just been stored,
   * and on what the bus has not brought and was read from the log instead.
   */
  committedAt?: number
  /** Epoch milliseconds; set on what was read: when it was being stored. */
  storedAt?: number
}

export interface TopicHead {
  topic: string
  workspaceId: string
  epoch: string
  /** Number of the newest event; 0: none yet. */
  seq: number
  /** An execution's topic whose terminal event is stored: nothing follows. */
  closed: boolean
}

/** The read side of the log. */
export interface EventReader {
  /** Null: there is no such topic. */
  head(topic: string): Promise<TopicHead | null>
  /** Of those topics that are there, in one exchange. */
  heads(topics: readonly string[]): Promise<Map<string, TopicHead>>
  /** Events after `afterSeq`, ascending, without a gap and of one epoch, at most `limit`. */
  read(topic: string, afterSeq: number, limit: number): Promise<StoredEvent[]>
  /**
   * The log ended before what had been told under that epoch: its past must not keep its name. Does nothing when it
   * has another one by now.
   */
  renewEpoch?(topic: string, epoch: string): Promise<void>
}
