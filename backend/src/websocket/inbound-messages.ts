import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { acceptJson } from '@millrace/shared/protocol/incoming-json'
import type { ClientMessageType } from '@millrace/shared/protocol/messages'
import type { LoggerPort } from '@millrace/temporal/ports'
import { nameConnectionError } from '../repositories/connection-error.ts'
import type { Connection } from './connections/connection.ts'
import type { MessageHandler } from './handlers/message-handler.ts'
import { errorMessageOf, requestOf } from './subscriptions/topic-request.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

/** Reads what clients send, by type. A bad message is answered and harms nobody; too many of them end the connection. */
export class InboundMessages {
  readonly #handlers = new Map<string, MessageHandler<unknown>>()
  readonly #logger: LoggerPort
  readonly #settings: WebSocketSettings

  constructor(logger: LoggerPort, settings: WebSocketSettings) {
    this.#logger = logger
    this.#settings = settings
  }

  register(type: string, handler: MessageHandler<unknown>): void {
    if (this.#handlers.has(type)) throw new Error(`message type ${type} has a handler already`)
    this.#handlers.set(type, handler)
  }

  /** Null: the message was binary. Never throws: what nobody foresaw ends this one connection. */
  handle(connection: Connection, text: string | null): void {
    try {
      this.#handle(connection, text)
    } catch (error) {
      this.#endUnforeseen(connection, error)
    }
  }

  #handle(connection: Connection, text: string | null): void {
    if (connection.state !== 'live') return
    if (!connection.inboundRate.take(Date.now())) {
      connection.close(closeCodes.rateLimited, 'RATE_LIMITED')
      return
    }
    if (text === null) {
      this.#refuse(
        connection,
        new AppError('INVALID_INPUT', undefined, { message: 'Send text frames, not binary.' }),
        {},
      )
      return
    }
    const message = readObject(text)
    if (message instanceof AppError) {
      this.#refuse(connection, message, {})
      return
    }
    const handler = typeof message.type === 'string' ? this.#handlers.get(message.type) : undefined
    if (handler === undefined) {
      const isNamed = typeof message.type === 'string'
      const details = isNamed ? { type: String(message.type).slice(0, 64) } : undefined
      this.#refuse(connection, new AppError(isNamed ? 'UNKNOWN_MESSAGE_TYPE' : 'INVALID_INPUT', details), message)
      return
    }
    const parsed = handler.schema.safeParse(message)
    if (!parsed.success) {
      const problems = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      this.#refuse(connection, new AppError('INVALID_INPUT', { problems }), message)
      return
    }
    void this.#run(connection, handler, parsed.data, message)
  }

  /** Never rejects. */
  async #run(
    connection: Connection,
    handler: MessageHandler<unknown>,
    data: unknown,
    raw: Record<string, unknown>,
  ): Promise<void> {
    try {
      await handler.handle(connection, data)
    } catch (thrown) {
      try {
        this.#answerFailure(connection, thrown, raw)
      } catch (error) {
        this.#endUnforeseen(connection, error)
      }
    }
  }

  #answerFailure(connection: Connection, thrown: unknown, raw: Record<string, unknown>): void {
    const error = nameConnectionError(thrown)
    if (errorCodeOf(error) === null) {
      this.#logger.error({ tag: 'handler-failed', connectionId: connection.id, err: error }, 'A message handler threw')
    }
    connection.send(errorMessageOf(error, { id: idOf(raw) }, addressOf(raw)))
  }

  #endUnforeseen(connection: Connection, error: unknown): void {
    this.#logger.error(
      { tag: 'handler-failed', connectionId: connection.id, err: error },
      'A message could not be handled, and its connection ends',
    )
    connection.close(closeCodes.internal, 'INTERNAL')
  }

  /** Catalogue rule: only errors with a close code may close, and here only when they go on and on. */
  #refuse(connection: Connection, error: AppError, raw: Record<string, unknown>): void {
    connection.send(errorMessageOf(error, { id: idOf(raw) }, addressOf(raw)))
    if (error.behaviour.wsCloseCode === null) return
    connection.faultCount += 1
    if (connection.faultCount > this.#settings.faultsMax) connection.close(error.behaviour.wsCloseCode, error.code)
  }
}

/** The message, or why it is none. */
function readObject(text: string): Record<string, unknown> | AppError {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return new AppError('MALFORMED_JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new AppError('MALFORMED_JSON')
  try {
    return acceptJson(value, text) as Record<string, unknown>
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

/** Echoed only where it has the form of an id. */
function idOf({ id }: Record<string, unknown>): string | number | undefined {
  if (typeof id === 'string') return id.length <= 64 ? id : undefined
  return Number.isSafeInteger(id) ? (id as number) : undefined
}

/** Only these ask to follow something. */
const followingTypes: ReadonlySet<unknown> = new Set<ClientMessageType>(['subscribe', 'replay'])

/**
 * Names what could not be followed, where the message named just one thing. No other error names a run or a channel:
 * without an id it would read as the end of a subscription, while that one goes on.
 */
function addressOf({
  type,
  executionId,
  channel,
  workspaceId,
}: Record<string, unknown>): ReturnType<typeof requestOf> | null {
  if (!followingTypes.has(type)) return null
  if (typeof executionId === 'string' && channel === undefined && executionId.length <= 64)
    return requestOf({ executionId })
  if (typeof channel === 'string' && executionId === undefined && channel.length <= 128) {
    const isNamed = typeof workspaceId === 'string' && workspaceId.length <= 64
    return requestOf({ channel, ...(isNamed ? { workspaceId } : {}) })
  }
  return null
}
