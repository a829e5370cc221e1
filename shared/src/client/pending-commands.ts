import { utf8Bytes } from '../engine/json-size.ts'
import { AppError, type ErrorDetails, isErrorCode } from '../errors/app-error.ts'
import type { BrowserRunReport } from '../protocol/browser-run.ts'
import { commandLimits } from '../protocol/command-messages.ts'
import { type ClientMessage, type ServerMessage, type ServerMessageOf, wireLimits } from '../protocol/messages.ts'
import type { Timers } from '../timers.ts'
import type { CommandOptions, StartedRun } from './command-options.ts'
import { GrowingRetry } from './growing-retry.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import type { SteadyClock } from './steady-clock.ts'

export interface PendingCommandsOptions {
  timers: Timers
  clock: SteadyClock
  random: () => number
  /** Unique on this client; the answer repeats it. */
  nextId: () => number
  isConnected: () => boolean
  /** Sends when there is room. */
  put: (key: string, build: () => ClientMessage | null) => void
  drop: (key: string) => void
}

/** What may wait for its answer at the same time, offline or not. */
export const commandBufferLimits = { commandsMax: 100, bytesMax: 512 * 1024 } as const

const defaultTimeoutMs = 60_000
/** While nobody tries to connect: whoever waits should not do so for hours. */
const stoppedMaxMs = 60_000
/** A server that asks for more is asked after this all the same. */
const retryAfterMsMax = 60_000
/** After this a key might be forgotten by the server, and asking again might start a second run: it keeps keys for a day. */
const keyLifeMs = 12 * 3_600_000

type CommandMessage = Extract<
  ClientMessage,
  { type: 'user:input:response' | 'workflow:execute' | 'workflow:browser_result' | 'workflow:validate' }
>

interface Answer {
  message: ServerMessage
  result: StartedRun['result']
}

interface Pending {
  id: number
  message: CommandMessage
  bytes: number
  /** Of the steady clock. */
  begunAt: number
  /** How long its answer is waited for, from then on. */
  timeoutMs: number
  /** Ends the waiting. */
  timer: unknown
  retry: GrowingRetry
  /** More than once: an earlier one may have counted without a word of it coming back. */
  sentCount: number
  resolve: (answer: Answer) => void
  reject: (error: AppError) => void
  /** Set when the run was accepted and its end is awaited. */
  result: PromiseWithResolvers<ServerMessageOf<'workflow:result'>> | null
}

/**
 * Commands without an answer yet: kept over connections and sent again on each, under the same key, so that
 * each counts once and is answered once. Bounded in count and bytes; nothing is dropped silently.
 */
export class PendingCommands {
  readonly #options: PendingCommandsOptions
  readonly #pending = new Map<number, Pending>()
  #bytes = 0
  #isClosed = false
  #isStopped = false

  constructor(options: PendingCommandsOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#pending.size
  }

  async answer(requestId: string, response: unknown, options: CommandOptions = {}) {
    const message = { type: 'user:input:response', requestId, response, ...keyOf(options) } as const
    return (await this.#send(message, options)).message as ServerMessageOf<'user:input:accepted'>
  }

  async recordBrowserRun(run: BrowserRunReport, options: CommandOptions = {}) {
    const message = { ...run, type: 'workflow:browser_result', ...keyOf(options) } as CommandMessage
    return (await this.#send(message, options)).message as ServerMessageOf<'workflow:recorded'>
  }

  async validate(definition: unknown, options: Omit<CommandOptions, 'idempotencyKey'> = {}) {
    const { message } = await this.#send({ type: 'workflow:validate', definition }, options)
    return message as ServerMessageOf<'workflow:validated'>
  }

  async execute(workflowId: string, input: Record<string, unknown>, options: CommandOptions = {}): Promise<StartedRun> {
    const asked = { type: 'workflow:execute', workflowId, input, ...keyOf(options) } as const
    const { message, result } = await this.#send(asked, options)
    return { executionId: (message as ServerMessageOf<'workflow:accepted' | 'workflow:result'>).executionId, result }
  }

  /** A new connection: everything unanswered is asked again. */
  handleConnected(): void {
    for (const pending of this.#pending.values()) {
      pending.retry.cancel()
      this.#put(pending)
    }
  }

  /** Whether somebody tries to connect; while not, everything ends within a minute. */
  handleStopped(isStopped: boolean): void {
    this.#isStopped = isStopped
    for (const pending of this.#pending.values()) this.#endInTime(pending)
  }

  handleMessage(message: ServerMessage): void {
    const pending = 'id' in message && typeof message.id === 'number' ? this.#pending.get(message.id) : undefined
    if (pending === undefined) return
    switch (message.type) {
      case 'user:input:accepted':
      case 'workflow:recorded':
      case 'workflow:validated':
        this.#forget(pending)
        pending.resolve({ message, result: null })
        break
      case 'workflow:accepted':
        this.#handleAccepted(pending, message)
        break
      case 'workflow:result':
        this.#handleResult(pending, message)
        break
      case 'error':
      case 'workflow:error':
        this.#handleError(pending, message)
        break
      default:
    }
  }

  /** Takes commands again, after `close`. */
  open(): void {
    this.#isClosed = false
  }

  /** Nothing will be answered any more, and nothing more is taken: it would wait for a connection that nobody makes. */
  close(): void {
    this.#isClosed = true
    for (const pending of this.#pending.values()) this.#fail(pending, new AppError('CLIENT_CLOSED'))
  }

  #handleAccepted(pending: Pending, message: ServerMessageOf<'workflow:accepted'>): void {
    // The second time after a reconnect; it goes on waiting.
    if (pending.result !== null) {
      if (!message.awaited) this.#askLater(pending)
      return
    }
    const waiting = [...this.#pending.values()].filter(({ result }) => result !== null).length
    if (message.awaited && waiting < commandLimits.awaitedRunsMax) {
      pending.result = Promise.withResolvers()
      // Whoever started the run need not care how it ends.
      pending.result.promise.catch(() => undefined)
      this.#endInTime(pending)
    } else {
      this.#forget(pending)
    }
    pending.resolve({ message, result: pending.result?.promise ?? null })
  }

  #handleResult(pending: Pending, message: ServerMessageOf<'workflow:result'>): void {
    this.#forget(pending)
    if (pending.result === null) pending.resolve({ message, result: Promise.resolve(message) })
    else pending.result.resolve(message)
  }

  #handleError(pending: Pending, { code, details, message }: ServerMessageOf<'error' | 'workflow:error'>): void {
    const error = new AppError(isErrorCode(code) ? code : 'INTERNAL', details, { message })
    // What passes must not hide a run that goes on, or an answer that counted: only who asks again learns of it.
    const hasPerhapsCounted = pending.result !== null || pending.sentCount > 1
    if (hasPerhapsCounted && error.behaviour.retryable) this.#askLater(pending, retryAfterMs(details))
    else this.#fail(pending, error)
  }

  #askLater(pending: Pending, leastMs = 0): void {
    pending.retry.later(() => {
      // Without a connection the next one asks.
      if (this.#options.isConnected()) this.#put(pending)
    }, leastMs)
  }

  #send(message: CommandMessage, { timeoutMs = defaultTimeoutMs }: CommandOptions): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(new AppError('CLIENT_CLOSED'))
    const id = this.#options.nextId()
    const full = { ...message, id }
    const bytes = utf8Bytes(JSON.stringify(full))
    // The server would close the connection, again and again.
    if (bytes > wireLimits.inboundBytesMax) {
      return Promise.reject(new AppError('PAYLOAD_TOO_LARGE', { bytes, bytesMax: wireLimits.inboundBytesMax }))
    }
    const { commandsMax, bytesMax } = commandBufferLimits
    if (this.#pending.size >= commandsMax || this.#bytes + bytes > bytesMax) {
      return Promise.reject(new AppError('BUFFER_FULL', { commandsMax, bytesMax }))
    }
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        id,
        message: full,
        bytes,
        begunAt: this.#options.clock.now(),
        timeoutMs: Math.min(timeoutMs, keyLifeMs),
        timer: null,
        retry: new GrowingRetry(this.#options),
        sentCount: 0,
        resolve,
        reject,
        result: null,
      }
      this.#endInTime(pending)
      this.#pending.set(id, pending)
      this.#bytes += bytes
      if (this.#options.isConnected()) this.#put(pending)
    })
  }

  /** In place of the end that was set before. */
  #endInTime(pending: Pending): void {
    this.#clearTimer(pending)
    const { begunAt, timeoutMs, result } = pending
    const leftMs = result === null ? begunAt + timeoutMs - this.#options.clock.now() : this.#lifeMs(pending)
    const isCut = this.#isStopped && leftMs > stoppedMaxMs
    pending.timer = this.#options.timers.setTimeout(
      () =>
        this.#fail(pending, isCut ? new AppError('CLIENT_STOPPED') : new AppError('REQUEST_TIMED_OUT', { timeoutMs })),
      Math.max(0, isCut ? stoppedMaxMs : leftMs),
    )
  }

  /** Milliseconds for which it may be asked again under its key. */
  #lifeMs({ begunAt }: Pending): number {
    return begunAt + keyLifeMs - this.#options.clock.now()
  }

  #put(pending: Pending): void {
    const { id, message } = pending
    this.#options.put(outboxKey(id), () => {
      if (!this.#pending.has(id)) return null
      // A timer may be late by a night's sleep.
      if (this.#lifeMs(pending) < 0) {
        this.#fail(pending, new AppError('REQUEST_TIMED_OUT', { timeoutMs: keyLifeMs }))
        return null
      }
      pending.sentCount += 1
      return message
    })
  }

  #fail(pending: Pending, error: AppError): void {
    this.#forget(pending)
    if (pending.result === null) pending.reject(error)
    else pending.result.reject(error)
  }

  #forget(pending: Pending): void {
    this.#clearTimer(pending)
    pending.retry.cancel()
    if (!this.#pending.delete(pending.id)) return
    this.#bytes -= pending.bytes
    this.#options.drop(outboxKey(pending.id))
  }

  #clearTimer(pending: Pending): void {
    if (pending.timer !== null) this.#options.timers.clearTimeout(pending.timer)
    pending.timer = null
  }
}

function keyOf({ idempotencyKey = newIdempotencyKey() }: CommandOptions): { idempotencyKey: string } {
  return { idempotencyKey }
}

function outboxKey(id: number): string {
  return `command:${id}`
}

/** Milliseconds for which the server has asked to be left alone. */
function retryAfterMs(details: ErrorDetails | undefined): number {
  const asked = details?.['retryAfterMs']
  return typeof asked === 'number' ? Math.min(asked, retryAfterMsMax) : 0
}
