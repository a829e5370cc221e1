import type { WorkflowEvent, WorkflowEventType } from '../events/index.ts'
import { type Channel, parseChannel } from '../protocol/channels.ts'
import {
  isServerMessageType,
  type ServerFrame,
  type ServerMessage,
  type ServerMessageType,
} from '../protocol/messages.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { type ConnectionCounters, newCounters } from './connection-counters.ts'
import type { ConnectionState } from './connection-state.ts'
import { createContain } from './contained.ts'
import { EventListeners, type FrameOf } from './event-listeners.ts'
import { type ChannelHandlers, FollowedChannel } from './followed-channel.ts'
import { type ExecutionHandlers, FollowedExecution } from './followed-execution.ts'
import { Outbox } from './outbox.ts'
import { SocketConnection } from './socket-connection.ts'
import type { SubscriptionHooks } from './subscription-hooks.ts'
import { hostWebSocket, type WebSocketConstructor } from './web-socket-like.ts'

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
  /** Messages that wait to be sent. */
  outboxCount: number
}

export interface SocketClient {
  readonly state: ConnectionState
  /** Called with each change. Returns how to stop. */
  onState(listener: (state: ConnectionState) => void): () => void
  /** Starts; also after it was stopped or closed. What is followed is subscribed as soon as the server answers. */
  connect(): void
  /** Ends the connection. What is followed stays followed, for a later `connect()`. */
  close(): void
  /** The network or the page is back: try now instead of waiting. Wire it to `online` and `visibilitychange`. */
  nudge(): void
  /** Follows a run from wherever it is. Several followers of one run share a subscription. Returns how to stop. */
  followExecution(executionId: string, handlers: ExecutionHandlers): () => void
  /** Follows a channel (`executions`, `approvals`, `kb`, `kb:{id}`). Returns how to stop. */
  followChannel(channel: string, handlers: ChannelHandlers): () => void
  /** Hears frames of one type, or all under `*`: messages as they come, events once per topic. Returns how to stop. */
  on<Type extends WorkflowEventType | ServerMessageType>(
    type: Type,
    listener: (frame: FrameOf<Type>) => void,
  ): () => void
  on(type: '*', listener: (frame: ServerFrame) => void): () => void
  stats(): SocketClientStats
}

/** Makes a client that does nothing until `connect()`. After `close()` no timer is left but one that shows a last state. */
export function createSocketClient(options: SocketClientOptions): SocketClient {
  return new DefaultSocketClient(options)
}

class DefaultSocketClient implements SocketClient {
  readonly #options: SocketClientOptions
  readonly #timers: Timers
  readonly #counters = newCounters()
  readonly #contain = createContain((error) => this.#debug({ kind: 'listener-failed', at: this.#timers.now(), error }))
  readonly #listeners = new EventListeners(this.#contain)
  readonly #stateListeners = new Set<(state: ConnectionState) => void>()
  readonly #executions = new Map<string, FollowedExecution>()
  readonly #channels = new Map<string, FollowedChannel>()
  readonly #connection: SocketConnection
  readonly #outbox: Outbox
  #state: ConnectionState
  #nextId = 1

  constructor(options: SocketClientOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
    const { url, WebSocket = null, getToken, random = Math.random } = options
    this.#connection = new SocketConnection({
      url: typeof url === 'string' ? () => url : url,
      getToken,
      webSocket: () => WebSocket ?? hostWebSocket(),
      timers: this.#timers,
      random,
      onConnected: () => this.#handleConnected(),
      onFrame: (frame) => this.#handleFrame(frame),
      onState: () => this.#handleState(),
    })
    this.#state = this.#connection.state
    this.#outbox = new Outbox(this.#timers, (message) => {
      const isSent = this.#connection.isConnected && this.#connection.send(message)
      if (isSent) this.#debug({ kind: 'sent', at: this.#timers.now(), frame: withoutToken(message) })
      return isSent
    })
  }

  get state(): ConnectionState {
    return this.#state
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  connect(): void {
    this.#connection.connect()
  }

  close(): void {
    this.#connection.close()
  }

  nudge(): void {
    this.#connection.nudge()
  }

  followExecution(executionId: string, handlers: ExecutionHandlers): () => void {
    const key = `execution:${executionId}`
    const known = this.#executions.get(executionId)
    const followed =
      known ??
      new FollowedExecution(
        executionId,
        this.#hooksFor(key, () => this.#executions.get(executionId)),
      )
    this.#executions.set(executionId, followed)
    // An own object per call: the same handlers given twice are two followers.
    const own = { ...handlers }
    followed.add(own)
    if (known === undefined) this.#begin(followed)
    return () => {
      followed.remove(own)
      if (followed.followerCount > 0 || this.#executions.get(executionId) !== followed) return
      this.#executions.delete(executionId)
      this.#end(key, followed, () => ({ type: 'unsubscribe', executionId }))
    }
  }

  followChannel(name: string, handlers: ChannelHandlers): () => void {
    const key = `channel:${name}`
    const known = this.#channels.get(name)
    // A channel that only a newer server knows: ask it, it accepts what it sends.
    const channel: Channel = parseChannel(name) ?? { topic: 'workspace', accepts: () => true }
    const followed =
      known ??
      new FollowedChannel(
        name,
        channel,
        this.#hooksFor(key, () => this.#channels.get(name)),
      )
    this.#channels.set(name, followed)
    const own = { ...handlers }
    followed.add(own)
    if (known === undefined) this.#begin(followed)
    return () => {
      followed.remove(own)
      if (followed.followerCount > 0 || this.#channels.get(name) !== followed) return
      this.#channels.delete(name)
      this.#end(key, followed, () => ({ type: 'unsubscribe', channel: name }))
    }
  }

  on(type: string, listener: (frame: never) => void): () => void {
    return this.#listeners.add(type, listener)
  }

  stats(): SocketClientStats {
    return {
      ...this.#counters,
      executionCount: this.#executions.size,
      channelCount: this.#channels.size,
      outboxCount: this.#outbox.size,
    }
  }

  #hooksFor(key: string, current: () => FollowedExecution | FollowedChannel | undefined): SubscriptionHooks {
    return {
      timers: this.#timers,
      random: this.#options.random ?? Math.random,
      contain: this.#contain,
      counters: this.#counters,
      requestSubscribe: () => {
        if (this.#connection.isConnected)
          this.#outbox.put(key, () => current()?.subscribeMessage(this.#nextId++) ?? null)
      },
      onProgress: () => this.#handleState(),
    }
  }

  #begin(followed: FollowedExecution | FollowedChannel): void {
    if (this.#connection.isConnected) followed.handleConnected()
  }

  #end(key: string, followed: FollowedExecution | FollowedChannel, unsubscribe: () => UnsubscribeMessage): void {
    const { isSubscribed } = followed
    followed.dispose()
    this.#outbox.drop(key)
    if (isSubscribed && this.#connection.isConnected) this.#outbox.put(key, unsubscribe)
    this.#handleState()
  }

  #handleConnected(): void {
    this.#counters.connectCount += 1
    this.#listeners.forgetTold()
    for (const followed of this.#followed()) followed.handleConnected()
  }

  #handleFrame(frame: ServerFrame): void {
    this.#counters.framesReceivedCount += 1
    this.#debug({ kind: 'received', at: this.#timers.now(), frame })
    if (isServerMessageType(frame.type)) {
      this.#handleMessage(frame as ServerMessage)
      this.#listeners.tell(frame)
      return
    }
    const event = frame as WorkflowEvent
    if (event.topic === undefined) {
      const isNew = 'executionId' in event && this.#executions.get(event.executionId)?.handleEvent(event) === true
      if (!isNew) return
      this.#counters.eventsDeliveredCount += 1
      this.#listeners.tell(event)
      return
    }
    for (const channel of this.#channels.values()) {
      if (channel.handleEvent(event)) this.#counters.eventsDeliveredCount += 1
    }
    this.#listeners.tellOnce({ ...event, topic: event.topic })
  }

  #handleMessage(message: ServerMessage): void {
    if (message.type === 'token_expiring') void this.#refreshToken()
    const execution = 'executionId' in message ? this.#executions.get(message.executionId ?? '') : undefined
    const channel = 'channel' in message ? this.#channels.get(message.channel ?? '') : undefined
    switch (message.type) {
      case 'subscribed':
        execution?.handleSubscribed(message)
        channel?.handleSubscribed(message)
        break
      case 'resync':
        execution?.handleResync()
        channel?.handleResync()
        break
      case 'caught_up':
        execution?.handleCaughtUp(message)
        channel?.handleCaughtUp(message)
        break
      case 'error':
        execution?.handleError(message)
        channel?.handleError(message)
        break
      case 'snapshot':
        execution?.handleSnapshot(message)
        break
      case 'ended':
        execution?.handleEnded(message)
        break
      default:
    }
  }

  async #refreshToken(): Promise<void> {
    let token: string | null = null
    try {
      token = await this.#options.getToken()
    } catch {
      // The connection ends with 4401 at expiry, and then the next attempt asks again.
    }
    if (token === null) return
    const fresh = token
    this.#outbox.put('auth', () => ({ type: 'auth', token: fresh }))
  }

  /** The connection's state, refined by whether everything followed is caught up. */
  #handleState(): void {
    const base = this.#connection.state
    if (!this.#connection.isConnected) {
      this.#outbox.clear()
      for (const followed of this.#followed()) followed.handleDisconnected()
    }
    const isCatchingUp = base.status === 'live' && [...this.#followed()].some((followed) => !followed.isSettled)
    const status = isCatchingUp ? 'catching-up' : base.status
    const { retryAt, lastError } = base
    const previous = this.#state
    if (previous.status === status && previous.retryAt === retryAt && previous.lastError === lastError) return
    this.#state = { status, retryAt, lastError }
    const state = this.#state
    this.#debug({ kind: 'state', at: this.#timers.now(), state })
    for (const listener of this.#stateListeners) this.#contain(() => listener(state))
  }

  *#followed(): Iterable<FollowedExecution | FollowedChannel> {
    yield* this.#executions.values()
    yield* this.#channels.values()
  }

  #debug(entry: DebugEntry): void {
    this.#options.debug?.(entry)
  }
}

type UnsubscribeMessage = { type: 'unsubscribe'; executionId: string } | { type: 'unsubscribe'; channel: string }

function withoutToken(message: object): object {
  return 'token' in message ? { ...message, token: '[redacted]' } : message
}
