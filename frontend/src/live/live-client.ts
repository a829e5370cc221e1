import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import type { WorkflowEvent } from '@millrace/shared/events'

/** live: events arrive as they happen. catching-up: connected, reading what was missed. connecting, offline: nothing arrives now. */
export type ConnectionState = 'connecting' | 'catching-up' | 'live' | 'offline'

export interface ConnectionInfo {
  state: ConnectionState
  /** When the next try is made, in epoch milliseconds; null while none is planned. */
  retryAt: number | null
  /** Why it is offline, as a bare code. */
  reason: string | null
}

export interface ExecutionHandlers {
  /** The folded state, from a snapshot or after a resync. */
  onView?: (view: ExecutionView) => void
  /** One more event, in order, without gap or repetition. */
  onEvent?: (event: WorkflowEvent) => void
  /** Everything up to now has been delivered; from here on it is live. */
  onCaughtUp?: (seq: number) => void
  onEnded?: () => void
  onError?: (error: { code: string; message: string }) => void
}

export interface ChannelHandlers {
  onEvent?: (event: WorkflowEvent) => void
  /** The channel is live: what happened before may have been missed, so lists are read anew. */
  onLive?: () => void
}

/** What the interface needs of a socket: one per tab, shared by all that follow something. */
export interface LiveClient {
  connection: () => ConnectionInfo
  onConnection: (listener: (info: ConnectionInfo) => void) => () => void
  connect: () => void
  close: () => void
  /** Returns how to stop following. */
  followExecution: (executionId: string, handlers: ExecutionHandlers) => () => void
  followChannel: (channel: string, handlers: ChannelHandlers) => () => void
  /** Something changed around us (the network is back, the tab is seen again): try at once. */
  nudge: () => void
}
