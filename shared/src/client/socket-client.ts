import type { WorkflowEvent } from '../events/index.ts'
import { isApprovalEvent } from '../protocol/approval-events.ts'
import { type ChannelFrame, parseChannel, unknownChannel } from '../protocol/channels.ts'
import {
  type ClientMessage,
  isServerMessageType,
  type ServerFrame,
  type ServerMessage,
  type ServerMessageOf,
} from '../protocol/messages.ts'
import type { PresenceState } from '../protocol/presence.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { Acknowledger } from './acknowledger.ts'
import { asExecutionHandlers, type ChannelHandlers, type ChannelOptions, channelAddress } from './channel-handlers.ts'
import { newCounters } from './connection-counters.ts'
import type { ConnectionState } from './connection-state.ts'
import { createContain } from './contained.ts'
import { EventListeners } from './event-listeners.ts'
import { FollowedChannel } from './followed-channel.ts'
import { type ExecutionHandlers, FollowedExecution } from './followed-execution.ts'
import { Outbox } from './outbox.ts'
import { OwnPresence } from './own-presence.ts'
import { PendingCommands } from './pending-commands.ts'
import type { DebugEntry, SocketClient, SocketClientOptions, SocketClientStats } from './socket-client-contract.ts'
import { SocketConnection } from './socket-connection.ts'
import type { SubscriptionHooks } from './subscription-hooks.ts'
import { hostWebSocket } from './web-socket-like.ts'

export type { DebugEntry, SocketClient, SocketClientOptions, SocketClientStats } from './socket-client-contract.ts'

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
  readonly #acknowledger: Acknowledger
  readonly #commands: PendingCommands
  readonly #presence: OwnPresence
  readonly answer: SocketClient['answer']
  readonly execute: SocketClient['execute']
  readonly validate: SocketClient['validate']
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
      onConnected: (message) => this.#handleConnected(message),
      onFrame: (frame, characters) => this.#handleFrame(frame, characters),
      onState: () => this.#handleState(),
    })
    this.#state = this.#connection.state
    this.#outbox = new Outbox(this.#timers, (message) => {
      const isSent = this.#connection.isConnected && this.#connection.send(message)
      if (isSent) this.#debug({ kind: 'sent', at: this.#timers.now(), frame: withoutToken(message) })
      return isSent
    })
    const sending = {
      timers: this.#timers,
      nextId: () => this.#nextId++,
      isConnected: () => this.#connection.isConnected,
      put: (key: string, build: () => ClientMessage | null) => this.#outbox.put(key, build),
      drop: (key: string) => this.#outbox.drop(key),
    }
    this.#acknowledger = new Acknowledger(sending)
    this.#presence = new OwnPresence(sending)
    const commands = new PendingCommands(sending)
    this.#commands = commands
    this.answer = commands.answer.bind(commands)
    this.execute = commands.execute.bind(commands)
    this.validate = commands.validate.bind(commands)
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
    this.#commands.close()
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
      this.#presence.drop(executionId)
      this.#end(key, followed, () => ({ type: 'unsubscribe', executionId }))
    }
  }

  followChannel(name: string, handlers: ChannelHandlers, options: ChannelOptions = {}): () => void {
    const channel = parseChannel(name) ?? unknownChannel
    if (channel.topic === 'execution') return this.followExecution(channel.id ?? '', asExecutionHandlers(handlers))
    const { workspaceId, filters } = options
    const address = channelAddress({ channel: name, workspaceId })
    const key = `channel:${address}`
    const known = this.#channels.get(address)
    const hooks = () => this.#hooksFor(key, () => this.#channels.get(address))
    const followed = known ?? new FollowedChannel({ name, workspaceId }, channel, hooks())
    this.#channels.set(address, followed)
    const own = { ...handlers }
    followed.add(own, filters)
    if (known === undefined) this.#begin(followed)
    return () => {
      followed.remove(own)
      if (followed.followerCount > 0 || this.#channels.get(address) !== followed) return
      this.#channels.delete(address)
      const place = workspaceId === undefined ? {} : { workspaceId }
      this.#end(key, followed, () => ({ type: 'unsubscribe', channel: name, ...place }))
    }
  }

  setPresence(executionId: string, state: PresenceState): void {
    const followed = this.#executions.get(executionId)
    if (followed === undefined) return
    this.#presence.set(executionId, state, this.#connection.isConnected && followed.isWatching)
  }

  on(type: string, listener: (frame: never) => void): () => void {
    return this.#listeners.add(type, listener)
  }

  stats(): SocketClientStats {
    return {
      ...this.#counters,
      executionCount: this.#executions.size,
      channelCount: this.#channels.size,
      commandCount: this.#commands.count,
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
    this.#acknowledger.drop(followed.address)
    if (isSubscribed && this.#connection.isConnected) this.#outbox.put(key, unsubscribe)
    this.#handleState()
  }

  #handleConnected({ capabilities }: ServerMessageOf<'connected'>): void {
    this.#counters.connectCount += 1
    this.#acknowledger.begin(capabilities.includes('ack'))
    this.#listeners.forgetTold()
    this.#commands.handleConnected()
    for (const followed of this.#followed()) followed.handleConnected()
  }

  #handleFrame(frame: ServerFrame, characters: number): void {
    this.#counters.framesReceivedCount += 1
    this.#debug({ kind: 'received', at: this.#timers.now(), frame })
    if (frame.type === 'batch') {
      this.#handleBatch(frame as ServerMessageOf<'batch'>, characters)
      return
    }
    if (isServerMessageType(frame.type)) {
      this.#handleMessage(frame as ServerMessage)
      this.#listeners.tell(frame)
      return
    }
    const { channel: name, ...event } = frame as ChannelFrame
    if (event.topic === undefined) {
      if (isApprovalEvent(event)) return
      const execution = 'executionId' in event ? this.#executions.get(event.executionId) : undefined
      if (execution?.handleEvent(event) === true) this.#deliver([event])
      this.#acknowledge(execution, characters)
      return
    }
    for (const channel of this.#channels.values()) {
      if (!channel.isNamed(name) || !channel.handleEvent(event)) continue
      this.#counters.eventsDeliveredCount += 1
      this.#acknowledge(channel, characters)
    }
    this.#listeners.tellOnce({ ...event, topic: event.topic })
  }

  /** Its events are told as if they had come one by one. */
  #handleBatch(batch: ServerMessageOf<'batch'>, characters: number): void {
    const { executionId, events } = batch
    if (executionId !== undefined) {
      const execution = this.#executions.get(executionId)
      if (execution?.handleBatch(batch) === true) this.#deliver(events)
      this.#acknowledge(execution, characters)
      return
    }
    const channel = this.#channels.get(channelAddress(batch))
    this.#counters.eventsDeliveredCount += channel?.handleBatch(batch).length ?? 0
    for (const event of events) this.#listeners.tellOnce({ ...event, topic: event.topic ?? '' })
    this.#acknowledge(channel, characters)
  }

  #deliver(events: readonly WorkflowEvent[]): void {
    this.#counters.eventsDeliveredCount += events.length
    for (const event of events) this.#listeners.tell(event)
  }

  #acknowledge(followed: FollowedExecution | FollowedChannel | undefined, characters: number): void {
    const seq = followed?.arrivedSeq ?? null
    if (followed !== undefined && seq !== null) this.#acknowledger.note(followed.address, seq, characters)
  }

  #handleMessage(message: ServerMessage): void {
    if (message.type === 'token_expiring') void this.#refreshToken()
    this.#commands.handleMessage(message)
    const execution = 'executionId' in message ? this.#executions.get(message.executionId ?? '') : undefined
    const channel = 'channel' in message ? this.#channels.get(channelAddress(message)) : undefined
    switch (message.type) {
      case 'subscribed':
        execution?.handleSubscribed(message)
        channel?.handleSubscribed(message)
        if (execution !== undefined) this.#presence.tell(execution.executionId)
        break
      case 'presence:update':
        execution?.handlePresence(message)
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
        this.#acknowledge(execution, 0)
        channel?.handleSnapshot(message)
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
      this.#acknowledger.clear()
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

type UnsubscribeMessage = { type: 'unsubscribe' } & (
  | { executionId: string }
  | { channel: string; workspaceId?: string }
)

function withoutToken(message: object): object {
  return 'token' in message ? { ...message, token: '[redacted]' } : message
}
