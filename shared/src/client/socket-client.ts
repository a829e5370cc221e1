import type { ClientMessage, ServerFrame, ServerMessageOf } from '../protocol/messages.ts'
import type { PresenceState } from '../protocol/presence.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { Acknowledger } from './acknowledger.ts'
import type { ChannelHandlers, ChannelOptions } from './channel-handlers.ts'
import { newCounters } from './connection-counters.ts'
import type { ConnectionState } from './connection-state.ts'
import { createContain } from './contained.ts'
import { EventListeners } from './event-listeners.ts'
import type { ExecutionHandlers } from './followed-execution.ts'
import { FollowedSet } from './followed-set.ts'
import { FrameRouter } from './frame-router.ts'
import { Outbox } from './outbox.ts'
import { OwnPresence } from './own-presence.ts'
import { PendingCommands } from './pending-commands.ts'
import type { DebugEntry, SocketClient, SocketClientOptions, SocketClientStats } from './socket-client-contract.ts'
import { SocketConnection } from './socket-connection.ts'
import { SteadyClock } from './steady-clock.ts'
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
  /** What the debug switch throws would come back to it. */
  readonly #containDebug = createContain(() => undefined)
  readonly #contain = createContain((error) => this.#debug({ kind: 'listener-failed', at: this.#timers.now(), error }))
  readonly #listeners = new EventListeners(this.#contain)
  readonly #stateListeners = new Set<(state: ConnectionState) => void>()
  readonly #followed: FollowedSet
  readonly #router: FrameRouter
  readonly #connection: SocketConnection
  readonly #outbox: Outbox
  readonly #acknowledger: Acknowledger
  readonly #commands: PendingCommands
  readonly #presence: OwnPresence
  readonly answer: SocketClient['answer']
  readonly execute: SocketClient['execute']
  readonly recordBrowserRun: SocketClient['recordBrowserRun']
  readonly validate: SocketClient['validate']
  #state: ConnectionState
  #nextId = 1

  constructor(options: SocketClientOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
    const clock = new SteadyClock(this.#timers)
    const { url, WebSocket = null, getToken, random = Math.random } = options
    this.#connection = new SocketConnection({
      url: typeof url === 'string' ? () => url : url,
      getToken,
      webSocket: () => WebSocket ?? hostWebSocket(),
      timers: this.#timers,
      clock,
      random,
      onConnected: (message) => this.#handleConnected(message),
      onFrame: (frame, characters) => this.#handleFrame(frame, characters),
      onState: () => this.#handleState(),
    })
    this.#state = this.#connection.state
    this.#outbox = new Outbox({ timers: this.#timers, clock }, (message) => {
      const isSent = this.#connection.isConnected && this.#connection.send(message)
      if (isSent) this.#debug({ kind: 'sent', at: this.#timers.now(), frame: withoutToken(message) })
      return isSent
    })
    const sending = {
      timers: this.#timers,
      clock,
      random,
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
    this.recordBrowserRun = commands.recordBrowserRun.bind(commands)
    this.validate = commands.validate.bind(commands)
    this.#followed = new FollowedSet({
      ...sending,
      contain: this.#contain,
      counters: this.#counters,
      onProgress: () => this.#handleState(),
      onEnd: (followed) => {
        this.#acknowledger.drop(followed.address)
        if ('executionId' in followed) this.#presence.drop(followed.executionId)
      },
    })
    this.#router = new FrameRouter({
      followed: this.#followed,
      listeners: this.#listeners,
      acknowledger: this.#acknowledger,
      presence: this.#presence,
      counters: this.#counters,
      commands,
      onTokenExpiring: () => void this.#refreshToken(),
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
    this.#commands.open()
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
    return this.#followed.followExecution(executionId, handlers)
  }

  followChannel(name: string, handlers: ChannelHandlers, options: ChannelOptions = {}): () => void {
    return this.#followed.followChannel(name, handlers, options)
  }

  setPresence(executionId: string, state: PresenceState): void {
    const followed = this.#followed.execution(executionId)
    if (followed === undefined) return
    this.#presence.set(executionId, state, this.#connection.isConnected && followed.isWatching)
  }

  on(type: string, listener: (frame: never) => void): () => void {
    return this.#listeners.add(type, listener)
  }

  stats(): SocketClientStats {
    return {
      ...this.#counters,
      executionCount: this.#followed.executionCount,
      channelCount: this.#followed.channelCount,
      commandCount: this.#commands.count,
      outboxCount: this.#outbox.size,
    }
  }

  #handleConnected({ capabilities }: ServerMessageOf<'connected'>): void {
    this.#counters.connectCount += 1
    this.#acknowledger.begin(capabilities.includes('ack'))
    this.#listeners.handleConnected()
    this.#commands.handleConnected()
    this.#followed.handleConnected()
  }

  #handleFrame(frame: ServerFrame, characters: number): void {
    this.#counters.framesReceivedCount += 1
    this.#debug({ kind: 'received', at: this.#timers.now(), frame })
    this.#router.handle(frame, characters)
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
      this.#followed.handleDisconnected()
    }
    const isCatchingUp = base.status === 'live' && !this.#followed.isSettled
    const status = isCatchingUp ? 'catching-up' : base.status
    const { retryAt, lastError } = base
    const previous = this.#state
    if (previous.status === status && previous.retryAt === retryAt && previous.lastError === lastError) return
    this.#state = { status, retryAt, lastError }
    const isStopped = status === 'stopped'
    if (isStopped !== (previous.status === 'stopped')) this.#commands.handleStopped(isStopped)
    const state = this.#state
    this.#debug({ kind: 'state', at: this.#timers.now(), state })
    for (const listener of this.#stateListeners) this.#contain(() => listener(state))
  }

  #debug(entry: DebugEntry): void {
    this.#containDebug(() => this.#options.debug?.(entry))
  }
}

function withoutToken(message: object): object {
  return 'token' in message ? { ...message, token: '[redacted]' } : message
}
