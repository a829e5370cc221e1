import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { ServerMessage } from '@millrace/shared/protocol/messages'
import { executionTopic } from '../events/topic-name.ts'
import { acceptConnection } from './accept-connection.ts'
import { collectFigures } from './collect-figures.ts'
import { type Audience, selectAudience } from './connections/audience.ts'
import type { Connection } from './connections/connection.ts'
import { checkDeadlines } from './connections/connection-deadlines.ts'
import { type ConnectionInfo, connectionInfoOf } from './connections/connection-info.ts'
import type { ConnectionOrigin } from './connections/connection-origin.ts'
import type { DeliveryFigures } from './delivery-figures.ts'
import { createDeliveryParts, type DeliveryDeps, type DeliveryParts } from './delivery-parts.ts'
import { type AddressedExecution, followByAddress } from './follow-by-address.ts'
import { encodeMessage } from './frames/text-frame.ts'
import type { MessageHandler } from './handlers/message-handler.ts'
import type { Identity } from './identity.ts'
import type { LiveRights } from './live-rights.ts'
import type { LongPolls } from './long-polls.ts'
import { Subscription } from './subscriptions/subscription.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { Transport } from './wires/transport.ts'
import { type Wire, webSocketWire } from './wires/wire.ts'

/**
 * All sockets of a process: who is connected, what they follow, and the loop that writes. It knows no socket
 * library and no meaning of events; it sees `{ send, close, bufferedBytes }` on one side and rings on the other.
 * Made once in compose.ts, closed by it.
 */
export class WebSocketManager {
  readonly settings: WebSocketSettings
  /** Requests that wait for the next event. */
  readonly longPolls: LongPolls
  /** Where changes of rights are told, for who is connected or waits. */
  readonly rights: LiveRights
  readonly #parts: DeliveryParts
  readonly #sweepTimer: ReturnType<typeof setInterval>

  constructor(deps: DeliveryDeps) {
    this.#parts = createDeliveryParts(deps)
    this.settings = this.#parts.settings
    this.longPolls = this.#parts.longPolls
    this.rights = this.#parts.rights
    this.#sweepTimer = setInterval(() => this.#sweep(), this.settings.sweepIntervalMs)
    this.#sweepTimer.unref()
  }

  /**
   * Takes over a socket whose identity is known, and greets it. Null: refused because of a limit or because
   * the process is leaving; the transport has been closed. The caller reports what comes in through
   * `handleMessage`, `handleSign` and `handleClosed`.
   */
  accept(
    transport: Transport,
    identity: Identity,
    origin: ConnectionOrigin,
    wire: Wire = webSocketWire,
  ): Connection | null {
    return acceptConnection(this.#parts, { transport, identity, origin, wire })
  }

  /**
   * Follows an execution for who asked by the address: a stream or socket, just accepted. A stream ends with the
   * subscription; when there can be none, both are told by an `error` and end. Never rejects.
   */
  follow(connection: Connection, request: AddressedExecution): Promise<void> {
    return followByAddress(this.#parts.following, connection, request)
  }

  /** One inbound message. Null text: it was binary. Never throws. */
  handleMessage(connection: Connection, text: string | null): void {
    this.handleSign(connection)
    this.#parts.inbound.handle(connection, text)
  }

  /** The peer is alive: a pong, a ping, anything. */
  handleSign(connection: Connection): void {
    connection.seenAt = Date.now()
  }

  /** The socket is gone, whoever closed it; `code` is what the other end said. May be called twice. */
  handleClosed(connection: Connection, code?: number): void {
    connection.handleClosed()
    this.#parts.ends.drop(connection)
    this.#parts.ownTopics.drop(connection)
    this.#parts.connections.remove(connection, code)
  }

  /** Adds a message type. Throws for one that has a handler. */
  registerHandler<Message>(type: string, handler: MessageHandler<Message>): void {
    this.#parts.inbound.register(type, handler as MessageHandler<unknown>)
  }

  /** Says something that is not kept: whoever is away never hears of it. Answers how many it was said to. */
  broadcast(audience: Audience, message: ServerMessage): number {
    const meant = selectAudience(this.#parts.connections, audience)
    const frame = encodeMessage(message)
    for (const connection of meant) connection.sendFrame(frame)
    return meant.length
  }

  /** Waits silently for the end of a run; see `AwaitedEnds.wait`. */
  awaitEnd(connection: Connection, executionId: string): Promise<boolean> | null {
    return this.#parts.ends.wait(connection, executionId)
  }

  getConnectionCount(): number {
    return this.#parts.connections.count
  }

  /** Subscriptions of it, open or being opened, in this process; who only waits for its end, or for its next event, is none. */
  getExecutionSubscriberCount(executionId: string): number {
    const readers = [...(this.#parts.topics.get(executionTopic(executionId))?.subscribers ?? [])]
    return readers.filter((reader) => reader instanceof Subscription).length
  }

  connections(): ConnectionInfo[] {
    return [...this.#parts.connections].map(connectionInfoOf)
  }

  /** Told of each write with live events: milliseconds since the oldest of them was stored. Must not throw. */
  onLiveWrite(listener: (waitedMs: number) => void): () => void {
    return this.#parts.counters.onLiveWrite(listener)
  }

  /** For the metrics page, for operators, and for tests that prove silence. */
  stats(): DeliveryFigures {
    return collectFigures(this.#parts)
  }

  /**
   * Takes no more sockets and closes all there are, evenly over `spreadMs`, so that they do not all arrive
   * elsewhere at the same moment. Resolves when the last goodbye has been said.
   */
  async closeAll(code: number = closeCodes.leaving, spreadMs = 0): Promise<void> {
    this.longPolls.leave()
    await this.#parts.connections.closeAll(code, spreadMs)
  }

  /** Says goodbye to everybody, gives them `graceMs` to answer, and closes. May be called twice. */
  async shutDown(graceMs: number): Promise<void> {
    await this.closeAll()
    await this.#parts.connections.whenEmpty(graceMs)
    this.close()
  }

  /** Ends the loop and the timer. Sockets that are still there are cut. */
  close(): void {
    const { connections, longPolls, pump, presence, topics } = this.#parts
    connections.leave()
    longPolls.leave()
    clearInterval(this.#sweepTimer)
    pump.stop()
    for (const connection of connections) {
      connection.transport.terminate()
      this.handleClosed(connection)
    }
    presence.close()
    topics.close()
  }

  #sweep(): void {
    const { connections, rights, presence, fetcher, topics, mergedSlices, ownTopics } = this.#parts
    const now = Date.now()
    for (const connection of connections) checkDeadlines(connection, this.settings, now)
    rights.sweep(now)
    presence.sweep(now)
    fetcher.retryFailed()
    topics.sweep(now)
    mergedSlices.sweep(now)
    ownTopics.retryFailed()
  }
}
