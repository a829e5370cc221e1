import { isErrorCode } from '../errors/app-error.ts'
import type { ClientMessage, ServerFrame, ServerMessageOf } from '../protocol/messages.ts'
import type { Timers } from '../timers.ts'
import { type ConnectionError, type ConnectionState, idleState } from './connection-state.ts'
import { openWebSocket } from './open-web-socket.ts'
import { reactionToClose, reconnectDelayMs, reconnectMinMs, stableLifeMs } from './reconnect-delay.ts'
import type { SteadyClock } from './steady-clock.ts'
import { openReadyState, type WebSocketConstructor, type WebSocketLike } from './web-socket-like.ts'

export interface SocketConnectionOptions {
  url: () => string
  getToken: () => Promise<string | null> | string | null
  webSocket: () => WebSocketConstructor
  timers: Timers
  clock: SteadyClock
  random: () => number
  /** The server has introduced itself: subscribe now. Before `onState` tells of it, so that what a listener asks is asked once. */
  onConnected: (message: ServerMessageOf<'connected'>) => void
  /** `characters`: length of the message as it came. */
  onFrame: (frame: ServerFrame, characters: number) => void
  /** Called with each change except between `live` and `catching-up`, which only subscriptions know. */
  onState: (state: ConnectionState) => void
}

/** Token, socket and first frame must be there by then, milliseconds. */
const connectTimeoutMs = 15_000
/** After a nudge a living server answers within this, milliseconds. */
const probeTimeoutMs = 5000

/**
 * One socket at a time, opened again until told otherwise. Each attempt has its own token. A socket that was
 * given up is deaf: its late events change nothing. At most two timers: one for the next step, one watchdog.
 */
export class SocketConnection {
  readonly #options: SocketConnectionOptions
  #state: ConnectionState = idleState
  #socket: WebSocketLike | null = null
  /** Rises with every attempt; what belongs to an older one is ignored. */
  #attempt = 0
  #failures = 0
  /** This and the moments below are of the steady clock. */
  #connectedAt: number | null = null
  #lastFrameAt = 0
  #silenceMaxMs = 0
  /** When the server was last asked for a sign of life. */
  #probedAt = 0
  /** No attempt before: the server asked for it. */
  #notBefore = 0
  #stepTimer: unknown = null
  #watchdogTimer: unknown = null
  #isRefreshing = false

  constructor(options: SocketConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  get isConnected(): boolean {
    return this.#connectedAt !== null
  }

  /** Starts, or tries at once if it waits or has been stopped. Does nothing while connected or connecting. */
  connect(): void {
    if (this.#state.status === 'connecting' || this.isConnected) return
    if (this.#state.status === 'stopped') this.#failures = 0
    void this.#open()
  }

  /** The network or the page came back: try as soon as the server allows, or make sure that the connection lives. */
  nudge(): void {
    if (this.#state.status === 'offline') {
      const waitMs = this.#notBefore - this.#options.clock.now()
      if (waitMs > 0) this.#tryIn(waitMs, this.#state.lastError)
      else this.connect()
      return
    }
    if (!this.isConnected) return
    this.send({ type: 'ping' })
    this.#probedAt = this.#options.clock.now()
    this.#armWatchdog()
  }

  close(): void {
    this.#abandon(1000)
    this.#setState(idleState)
  }

  /** False: there is no open connection, nothing was sent. */
  send(message: ClientMessage): boolean {
    const socket = this.#socket
    if (socket === null || socket.readyState !== openReadyState) return false
    socket.send(JSON.stringify(message))
    return true
  }

  async #open(): Promise<void> {
    this.#abandon(1000)
    const attempt = this.#attempt
    this.#setState({ ...this.#state, status: 'connecting', retryAt: null })
    this.#stepTimer = this.#options.timers.setTimeout(
      () => this.#fail({ code: 'CONNECT_TIMEOUT', closeCode: null }),
      connectTimeoutMs,
    )
    let token: string | null
    try {
      token = await this.#options.getToken()
    } catch {
      if (attempt === this.#attempt) this.#fail({ code: 'TOKEN_UNAVAILABLE', closeCode: null })
      return
    }
    if (attempt !== this.#attempt) return
    if (token === null) {
      this.#stop({ code: 'NO_TOKEN', closeCode: null })
      return
    }
    this.#listen(token, attempt)
  }

  #listen(token: string, attempt: number): void {
    const { url, webSocket } = this.#options
    const opened = openWebSocket({ url, webSocket, token })
    if ('fault' in opened) {
      this.#stop({ code: 'CANNOT_CONNECT', closeCode: null, message: opened.fault })
      return
    }
    const { socket } = opened
    this.#socket = socket
    const isCurrent = () => attempt === this.#attempt
    socket.addEventListener('message', (event: { data: unknown }) => {
      if (isCurrent()) this.#handleData(event.data)
    })
    socket.addEventListener('close', (event: { code: number; reason: string }) => {
      if (isCurrent()) this.#handleClose(event.code, event.reason)
    })
    // A close always follows. The listener exists because Node's `ws` throws an unheard error.
    socket.addEventListener('error', () => undefined)
  }

  #handleData(data: unknown): void {
    this.#lastFrameAt = this.#options.clock.now()
    const frame = parseFrame(data)
    if (frame === null) return
    if (frame.type === 'connected') this.#handleConnected(frame)
    this.#options.onFrame(frame, (data as string).length)
  }

  #handleConnected(message: ServerMessageOf<'connected'>): void {
    this.#clearStepTimer()
    this.#connectedAt = this.#options.clock.now()
    this.#isRefreshing = false
    // Twice: one heartbeat may be lost in a stall without the connection being dead.
    this.#silenceMaxMs = message.heartbeatIntervalMs * 2 + 5000
    this.#armWatchdog()
    this.#options.onConnected(message)
    // What was told may have been an occasion to close.
    if (this.isConnected) this.#setState({ status: 'live', retryAt: null, lastError: null })
  }

  #handleClose(closeCode: number, reason: string): void {
    const error: ConnectionError = { code: isErrorCode(reason) ? reason : 'CONNECTION_LOST', closeCode }
    const reaction = reactionToClose(closeCode, reason)
    if (reaction === 'stop') {
      this.#stop(error)
    } else if (reaction === 'refresh' && !this.#isRefreshing) {
      // Once: a fresh token that is refused as expired again points to a clock, and must not spin.
      this.#isRefreshing = true
      void this.#open()
    } else {
      this.#fail(error)
    }
  }

  #fail(error: ConnectionError): void {
    const { clock, random } = this.#options
    const livedMs = this.#connectedAt === null ? 0 : clock.now() - this.#connectedAt
    this.#failures = livedMs >= stableLifeMs ? 0 : this.#failures + 1
    this.#abandon(1000)
    const delayMs = reconnectDelayMs(Math.max(0, this.#failures - 1), error.closeCode, random)
    this.#notBefore = clock.now() + reconnectMinMs(error.closeCode)
    this.#tryIn(delayMs, error)
  }

  #tryIn(delayMs: number, lastError: ConnectionError | null): void {
    const { timers } = this.#options
    this.#clearStepTimer()
    this.#stepTimer = timers.setTimeout(() => void this.#open(), delayMs)
    this.#setState({ status: 'offline', retryAt: timers.now() + delayMs, lastError })
  }

  #stop(error: ConnectionError): void {
    this.#abandon(1000)
    this.#setState({ status: 'stopped', retryAt: null, lastError: error })
  }

  /** Leaves the current socket and attempt, whatever state they are in. */
  #abandon(closeCode: number): void {
    this.#attempt += 1
    this.#connectedAt = null
    this.#clearStepTimer()
    if (this.#watchdogTimer !== null) this.#options.timers.clearTimeout(this.#watchdogTimer)
    this.#watchdogTimer = null
    const socket = this.#socket
    this.#socket = null
    try {
      socket?.close(closeCode)
    } catch {
      // Some hosts throw when it is still connecting; it is deaf already.
    }
  }

  #armWatchdog(): void {
    const { timers, clock } = this.#options
    if (this.#watchdogTimer !== null) timers.clearTimeout(this.#watchdogTimer)
    const dueIn = this.#silentDeadline() - clock.now()
    // One timer that looks at the time of the last frame, instead of one armed anew by every frame.
    this.#watchdogTimer = timers.setTimeout(
      () => {
        this.#watchdogTimer = null
        if (clock.now() >= this.#silentDeadline()) this.#fail({ code: 'SILENT_SERVER', closeCode: null })
        else this.#armWatchdog()
      },
      Math.max(0, dueIn),
    )
  }

  /** When silence means death. */
  #silentDeadline(): number {
    const regular = this.#lastFrameAt + this.#silenceMaxMs
    return this.#lastFrameAt < this.#probedAt ? Math.min(regular, this.#probedAt + probeTimeoutMs) : regular
  }

  #clearStepTimer(): void {
    if (this.#stepTimer !== null) this.#options.timers.clearTimeout(this.#stepTimer)
    this.#stepTimer = null
  }

  #setState(state: ConnectionState): void {
    this.#state = state
    this.#options.onState(state)
  }
}

/** Null: not one of ours, a newer server may say more than we know. */
function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const value: unknown = JSON.parse(data)
    const isFrame = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
    return isFrame ? (value as ServerFrame) : null
  } catch {
    return null
  }
}
