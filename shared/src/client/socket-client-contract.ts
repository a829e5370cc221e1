import type { BrowserRunReport } from '../protocol/browser-run.ts'
import type { ServerFrame, ServerMessageOf } from '../protocol/messages.ts'
import type { PresenceState } from '../protocol/presence.ts'
import type { Timers } from '../timers.ts'
import type { ChannelHandlers, ChannelOptions } from './channel-handlers.ts'
import type { CommandOptions, StartedRun } from './command-options.ts'
import type { ConnectionCounters } from './connection-counters.ts'
import type { ConnectionState } from './connection-state.ts'
import type { FrameOf, FrameType } from './event-listeners.ts'
import type { ExecutionHandlers } from './followed-execution.ts'
import type { WebSocketConstructor } from './web-socket-like.ts'

/** What happens inside, for a debug switch. Holds ids and types, never a token. */
export type DebugEntry =
  | { kind: 'sent' | 'received'; at: number; frame: unknown }
  | { kind: 'state'; at: number; state: ConnectionState }
  | { kind: 'listener-failed'; at: number; error: unknown }

export interface SocketClientOptions {
  /** Address of the socket endpoint, `ws://host/ws`; a function is asked at each attempt. */
  url: string | (() => string)
  /** A valid access token; asked at each attempt and when the server says that the token expires. Null: signed out, the client stops. */
  getToken: () => Promise<string | null> | string | null
  /** Default: the host's own. */
  WebSocket?: WebSocketConstructor
  debug?: (entry: DebugEntry) => void
  /** From 0 up to 1, for the spread of reconnects. */
  random?: () => number
  timers?: Timers
}

export interface SocketClientStats extends ConnectionCounters {
  executionCount: number
  channelCount: number
  /** Commands without an answer. */
  commandCount: number
  /** Messages that wait to be sent. */
  outboxCount: number
}

export interface SocketClient {
  readonly state: ConnectionState
  /** Called with each change. Returns how to stop. */
  onState(listener: (state: ConnectionState) => void): () => void
  /** Starts; also after it was stopped or closed. What is followed is subscribed as soon as the server answers. */
  connect(): void
  /** Ends the connection. What is followed stays followed, for a later `connect()`; what is unanswered, or asked before that, is rejected. */
  close(): void
  /** The network or the page is back: try now instead of waiting. Wire it to `online` and `visibilitychange`. */
  nudge(): void
  /** Follows a run from wherever it is. Several followers of one run share a subscription. Returns how to stop. */
  followExecution(executionId: string, handlers: ExecutionHandlers): () => void
  /** Follows a channel (`executions`, `prompts`, `workflows:{id}`, …; see `protocol/channels.ts`). Returns how to stop. */
  followChannel(channel: string, handlers: ChannelHandlers, options?: ChannelOptions): () => void
  /** Hears frames of one type, or all under `*`: messages as they come, events once per topic. Returns how to stop. */
  on<Type extends FrameType>(type: Type, listener: (frame: FrameOf<Type>) => void): () => void
  on(type: '*', listener: (frame: ServerFrame) => void): () => void
  /** Answers a question. Made while offline it waits, and it counts once however often the connection breaks. Rejects with AppError, also PROMPT_ALREADY_ANSWERED. */
  answer(
    requestId: string,
    response: unknown,
    options?: CommandOptions,
  ): Promise<ServerMessageOf<'user:input:accepted'>>
  /** Starts a run, once, whatever the connection does; resolves when it exists. Rejects with AppError. */
  execute(workflowId: string, input: Record<string, unknown>, options?: CommandOptions): Promise<StartedRun>
  /** Records, once, a run of a workflow that has happened here and is over. Rejects with AppError. */
  recordBrowserRun(run: BrowserRunReport, options?: CommandOptions): Promise<ServerMessageOf<'workflow:recorded'>>
  /** Looks for problems in a drawing. Rejects with AppError. */
  validate(
    definition: unknown,
    options?: Omit<CommandOptions, 'idempotencyKey'>,
  ): Promise<ServerMessageOf<'workflow:validated'>>
  /** What others see beside one's name at an execution that is followed; an empty object takes it back. Told again after reconnects. */
  setPresence(executionId: string, state: PresenceState): void
  stats(): SocketClientStats
}
