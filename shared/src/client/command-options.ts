import type { ServerMessageOf } from '../protocol/messages.ts'

export interface CommandOptions {
  /** Of an earlier try of the same thing, so that it counts once; default: a new one. */
  idempotencyKey?: string
  /** Until this the answer must be there, time without a connection included. Default: one minute; at most half a day, and a minute while the client is stopped. */
  timeoutMs?: number
}

/** A run that was started. */
export interface StartedRun {
  executionId: string
  /**
   * How it ends, also after reconnects and passing troubles of the server. Rejects with REQUEST_TIMED_OUT half a day
   * after the run was asked for, with CLIENT_STOPPED a minute after the client was stopped, with CLIENT_CLOSED, and when the server will
   * not tell any more; the run goes on.
   * Null: the ends of too many runs are waited for; follow the execution instead.
   */
  result: Promise<ServerMessageOf<'workflow:result'>> | null
}
