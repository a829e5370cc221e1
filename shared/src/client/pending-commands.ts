import { utf8Bytes } from '../engine/json-size.ts'
import { AppError, isErrorCode } from '../errors/app-error.ts'
import { commandLimits } from '../protocol/command-messages.ts'
import { type ClientMessage, type ServerMessage, type ServerMessageOf, wireLimits } from '../protocol/messages.ts'
import type { Timers } from '../timers.ts'
import { newIdempotencyKey } from './idempotency-key.ts'

export interface CommandOptions {
  /** Of an earlier try of the same thing, so that it counts once; default: a new one. */
  idempotencyKey?: string
  /** Until this the answer must be there, time without a connection included. Default: one minute. */
  timeoutMs?: number
}

/** A run that was started. */
export interface StartedRun {
  executionId: string
  /** How it ends, also after reconnects. Null: the ends of too many runs are waited for; follow the execution instead. */
  result: Promise<ServerMessageOf<'workflow:result'>> | null
}

export interface PendingCommandsOptions {
  timers: Timers
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
/** After this a key might be forgotten by the server, and asking again might start a second run: it keeps keys for a day. */
const resultWaitMsMax = 12 * 3_600_000

type CommandMessage = Extract<ClientMessage, { type: 'user:input:response' | 'workflow:execute' | 'workflow:validate' }>

interface Pending {
  id: number
  message: CommandMessage
  bytes: number
  createdAt: number
  timer: unknown
  resolve: (answer: ServerMessage) => void
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

  constructor(options: PendingCommandsOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#pending.size
  }

  async answer(requestId: string, response: unknown, options: CommandOptions = {}) {
    const message = { type: 'user:input:response', requestId, response, ...keyOf(options) } as const
    return (await this.#send(message, options)) as ServerMessageOf<'user:input:accepted'>
  }

  async validate(definition: unknown, options: Omit<CommandOptions, 'idempotencyKey'> = {}) {
    return (await this.#send(
      { type: 'workflow:validate', definition },
      options,
    )) as ServerMessageOf<'workflow:validated'>
  }

  async execute(workflowId: string, input: Record<string, unknown>, options: CommandOptions = {}): Promise<StartedRun> {
    const message = { type: 'workflow:execute', workflowId, input, ...keyOf(options) } as const
    const { id, executionId } = (await this.#send(message, options)) as ServerMessageOf<'workflow:accepted'>
    return { executionId, result: this.#pending.get(Number(id))?.result?.promise ?? null }
  }

  /** A new connection: everything unanswered is asked again. */
  handleConnected(): void {
    const now = this.#options.timers.now()
    for (const pending of this.#pending.values()) {
      if (pending.result !== null && now - pending.createdAt > resultWaitMsMax) {
        this.#fail(pending, new AppError('REQUEST_TIMED_OUT'))
      } else {
        this.#put(pending)
      }
    }
  }

  handleMessage(message: ServerMessage): void {
    const pending = 'id' in message && typeof message.id === 'number' ? this.#pending.get(message.id) : undefined
    if (pending === undefined) return
    switch (message.type) {
      case 'user:input:accepted':
      case 'workflow:validated':
        this.#forget(pending)
        pending.resolve(message)
        break
      case 'workflow:accepted':
        this.#handleAccepted(pending, message)
        break
      case 'workflow:result':
        this.#forget(pending)
        pending.result?.resolve(message)
        break
      case 'error':
      case 'workflow:error': {
        const { code, details } = message
        this.#fail(pending, new AppError(isErrorCode(code) ? code : 'INTERNAL', details, { message: message.message }))
        break
      }
      default:
    }
  }

  /** Nothing will be answered any more. */
  close(): void {
    for (const pending of this.#pending.values()) this.#fail(pending, new AppError('CLIENT_CLOSED'))
  }

  #handleAccepted(pending: Pending, message: ServerMessageOf<'workflow:accepted'>): void {
    // The second time after a reconnect; it goes on waiting.
    if (pending.result !== null) {
      if (!message.awaited) this.#fail(pending, new AppError('BUFFER_FULL'))
      return
    }
    this.#clearTimer(pending)
    const waiting = [...this.#pending.values()].filter(({ result }) => result !== null).length
    if (message.awaited && waiting < commandLimits.awaitedRunsMax) {
      pending.result = Promise.withResolvers()
      // Whoever started the run need not care how it ends.
      pending.result.promise.catch(() => undefined)
    } else {
      this.#forget(pending)
    }
    pending.resolve(message)
  }

  #send(message: CommandMessage, { timeoutMs = defaultTimeoutMs }: CommandOptions): Promise<ServerMessage> {
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
      const { timers } = this.#options
      const timer = timers.setTimeout(
        () => this.#fail(pending, new AppError('REQUEST_TIMED_OUT', { timeoutMs })),
        timeoutMs,
      )
      const pending: Pending = {
        id,
        message: full,
        bytes,
        createdAt: timers.now(),
        timer,
        resolve,
        reject,
        result: null,
      }
      this.#pending.set(id, pending)
      this.#bytes += bytes
      if (this.#options.isConnected()) this.#put(pending)
    })
  }

  #put({ id, message }: Pending): void {
    this.#options.put(outboxKey(id), () => (this.#pending.has(id) ? message : null))
  }

  #fail(pending: Pending, error: AppError): void {
    this.#forget(pending)
    if (pending.result === null) pending.reject(error)
    else pending.result.reject(error)
  }

  #forget(pending: Pending): void {
    this.#clearTimer(pending)
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
