import { AppError } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import type { ConnectionLimits } from './connections/connection-limits.ts'
import type { ConnectionOrigin } from './connections/connection-origin.ts'
import type { DeliveryLease } from './delivery-lease.ts'
import type { Identity } from './identity.ts'
import type { OpenTopic, TopicReader } from './topics/open-topic.ts'
import type { OpenTopics } from './topics/open-topics.ts'
import type { StreamPlace } from './wires/stream-offset.ts'

export interface LongPollRequest {
  identity: Identity
  origin: ConnectionOrigin
  topic: string
  /** The caller has everything up to here. */
  place: StreamPlace
  /** Aborted when the caller is gone. */
  signal: AbortSignal
}

export interface LongPollsDeps {
  topics: OpenTopics
  limits: ConnectionLimits
  lease: Pick<DeliveryLease, 'isHeld'>
  settings: { longPollMs: number; expiryLeewayMs: number }
}

/** One request that waits. It reads the ring's head, and holds nothing of what it waits for. */
class Waiting implements TopicReader {
  readonly isOpening = false
  readonly identity: Identity
  /** True: there is something to read. */
  readonly over = Promise.withResolvers<boolean>()
  readonly #topic: OpenTopic
  readonly #place: StreamPlace
  readonly #lease: LongPollsDeps['lease']
  /** The place is no longer there. */
  #isMoved = false

  constructor(topic: OpenTopic, { identity, place }: LongPollRequest, lease: LongPollsDeps['lease']) {
    this.identity = identity
    this.#topic = topic
    this.#place = place
    this.#lease = lease
  }

  wake(): void {
    if (this.#lease.isHeld) return
    const { head, epoch, isClosed } = this.#topic.ring
    const isNews = this.#isMoved || head > this.#place.seq || epoch !== this.#place.epoch || isClosed
    if (isNews) this.over.resolve(true)
  }

  resync(): void {
    this.#isMoved = true
    this.wake()
  }
}

/**
 * Requests that wait for the next event of a topic. They are woken by the ring like every reader, count as
 * connections, and end with the credential in whose name they wait.
 */
export class LongPolls {
  readonly #deps: LongPollsDeps
  readonly #waiting = new Set<Waiting>()
  #isLeaving = false

  constructor(deps: LongPollsDeps) {
    this.#deps = deps
  }

  get count(): number {
    return this.#waiting.size
  }

  /**
   * True: there is something after the place. False: nothing came for `longPollMs`, or nobody is to wait any more.
   * Throws AppError TOO_MANY_CONNECTIONS, EXECUTION_NOT_FOUND, TOKEN_EXPIRED, and what `end` was called with.
   */
  async wait(request: LongPollRequest): Promise<boolean> {
    const { identity, origin, topic: name, signal } = request
    const { topics, limits } = this.#deps
    if (this.#isLeaving) throw new AppError('SERVER_LEAVING')
    if (!limits.tryEnter(identity.userId, origin.address)) throw new AppError('TOO_MANY_CONNECTIONS')
    try {
      const topic = await topics.open(name, null)
      if (topic === null || !identity.workspaces.some(({ id }) => id === topic.ring.workspaceId)) {
        throw new AppError('EXECUTION_NOT_FOUND')
      }
      const isNews = await this.#waitFor(topic, request, signal)
      this.#requireTime(identity)
      return isNews
    } finally {
      limits.leave(identity.userId, origin.address)
    }
  }

  /** Ends the waiting of identities that lost their right; they are answered with the code. */
  end(isMeant: (identity: Identity) => boolean, code: ErrorCode): number {
    const meant = [...this.#waiting].filter(({ identity }) => isMeant(identity))
    for (const { over } of meant) over.reject(new AppError(code))
    return meant.length
  }

  /** Rights are known again: what came meanwhile is news. */
  wake(): void {
    for (const waiting of this.#waiting) waiting.wake()
  }

  /** Lets nobody wait any more; who waits is answered that nothing came. */
  leave(): void {
    this.#isLeaving = true
    for (const { over } of this.#waiting) over.resolve(false)
  }

  /** A token that ended during the waiting is worth no answer. */
  #requireTime({ expiresAt }: Identity): void {
    if (expiresAt !== null && Date.now() > expiresAt + this.#deps.settings.expiryLeewayMs) {
      throw new AppError('TOKEN_EXPIRED')
    }
  }

  async #waitFor(topic: OpenTopic, request: LongPollRequest, signal: AbortSignal): Promise<boolean> {
    const { topics, settings } = this.#deps
    const waiting = new Waiting(topic, request, this.#deps.lease)
    const finish = () => waiting.over.resolve(false)
    const timer = setTimeout(finish, settings.longPollMs)
    signal.addEventListener('abort', finish, { once: true })
    this.#waiting.add(waiting)
    topics.join(topic, waiting)
    // What came while the topic was opened woke nobody.
    waiting.wake()
    if (signal.aborted || this.#isLeaving) finish()
    try {
      return await waiting.over.promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      this.#waiting.delete(waiting)
      topics.leave(topic, waiting, Date.now())
    }
  }
}
