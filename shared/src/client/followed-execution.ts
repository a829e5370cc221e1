import type { ExecutionView } from '../engine/execution-view.ts'
import { applyEvent, emptyExecutionView } from '../engine/reducer.ts'
import type { ErrorBody } from '../errors/app-error.ts'
import type { WorkflowEvent } from '../events/index.ts'
import type { ClientMessage, ServerMessageOf } from '../protocol/messages.ts'
import type { AckAddress } from './acknowledger.ts'
import { Followers } from './followers.ts'
import type { SubscriptionHooks } from './subscription-hooks.ts'
import { SubscriptionProgress } from './subscription-progress.ts'

export type Presence = Pick<ServerMessageOf<'presence:update'>, 'viewers' | 'count'>

export interface ExecutionHandlers {
  /** The folded state: soon after each change, never more often than a host's turn; always before `onCaughtUp` and `onEnded`. */
  onView?(view: ExecutionView): void
  /** Each event once and in order; those inside a snapshot are not repeated. */
  onEvent?(event: WorkflowEvent): void
  /** Everything up to `seq` is there; again after each reconnect. */
  onCaughtUp?(seq: number): void
  /** It was caught up and is no longer, because the connection is lost or something is missing. `onCaughtUp` says when it is again. */
  onBehind?(): void
  /** The run is over and all of it is there. */
  onEnded?(): void
  /** Who watches it, now and after each change; `count` of all, also of those that are not named. Nobody once it ended or the connection is lost. */
  onPresence?(presence: Presence): void
  /** It cannot be followed; passing troubles are retried and not told. */
  onError?(error: ErrorBody): void
}

/** While missed events pour in, the state is shown this often, milliseconds. */
const catchingUpViewIntervalMs = 100
/** Gaps in a row at one place; then the state is fetched anew instead of asking for the same events again. */
const gapsInRowMax = 3

/** One execution that somebody follows: one subscription, one cursor, one folded state, any number of followers. */
export class FollowedExecution {
  readonly executionId: string
  readonly #hooks: SubscriptionHooks
  readonly #followers: Followers<ExecutionHandlers>
  readonly #progress: SubscriptionProgress
  #epoch: string | null = null
  /** Last seq folded in; null: hold nothing yet, ask for a snapshot. */
  #last: number | null = null
  #view: ExecutionView | null = null
  #gapsInRow = 0
  #presence: Presence | null = null
  #viewTimer: unknown = null

  constructor(executionId: string, hooks: SubscriptionHooks) {
    this.executionId = executionId
    this.#hooks = hooks
    this.#followers = new Followers(hooks, (handlers) => this.#greet(handlers))
    this.#progress = new SubscriptionProgress(hooks, () => this.#followers.tell(({ onBehind }) => onBehind?.()))
  }

  get isSettled(): boolean {
    return this.#progress.isSettled
  }

  get address(): AckAddress {
    return { executionId: this.executionId }
  }

  /** Last seq that has arrived on this connection; null: nothing to acknowledge. */
  get arrivedSeq(): number | null {
    return this.#progress.isWatching ? this.#last : null
  }

  get followerCount(): number {
    return this.#followers.count
  }

  get isOver(): boolean {
    return this.#progress.isOver
  }

  get isWatching(): boolean {
    return this.#progress.isWatching
  }

  add(handlers: ExecutionHandlers): void {
    const isNewsDue = this.#view !== null || this.#presence !== null || this.#progress.failure !== null
    this.#followers.add(handlers, isNewsDue)
  }

  remove(handlers: ExecutionHandlers): void {
    this.#followers.remove(handlers)
  }

  handleConnected(): void {
    this.#progress.handleConnected()
  }

  handleDisconnected(): void {
    this.#progress.handleDisconnected()
    this.#forgetPresence()
  }

  /** The message to send now; null when nothing is to be asked. `id` pairs the answer. */
  subscribeMessage(id: number): ClientMessage | null {
    if (!this.#progress.ask(id)) return null
    const base = { type: 'subscribe', id, executionId: this.executionId } as const
    if (this.#last === null) return base
    return { ...base, since: this.#last, ...(this.#epoch === null ? {} : { epoch: this.#epoch }) }
  }

  handleSubscribed({ id, epoch }: ServerMessageOf<'subscribed'>): void {
    if (!this.#progress.isAnswer(id)) return
    this.#progress.begin()
    // A `resync` follows. Should the connection be cut before it comes, nothing of another past must be continued in
    // this one; what is shown stays until the snapshot.
    if (this.#epoch !== null && this.#epoch !== epoch) this.#last = null
    this.#epoch = epoch
    this.#hooks.onProgress()
  }

  handleResync(): void {
    if (!this.#progress.isWatching) return
    this.#hooks.counters.resyncCount += 1
    // The old state stays visible until the snapshot replaces it.
    this.#progress.beginAnew()
    this.#last = null
    this.#hooks.onProgress()
  }

  handleSnapshot({ state, seq, epoch }: ServerMessageOf<'snapshot'>): void {
    if (this.#progress.phase !== 'catching-up' || state === undefined) return
    this.#last = seq
    this.#epoch = epoch
    this.#view = state
    this.#gapsInRow = 0
    this.#showView(0)
  }

  /** True: the event is new and was delivered. */
  handleEvent(event: WorkflowEvent): boolean {
    if (!this.#progress.isWatching) return false
    const last = this.#last ?? 0
    if (event.seq <= last) {
      this.#hooks.counters.duplicatesDroppedCount += 1
      return false
    }
    if (event.seq - (event.count ?? 1) !== last) {
      this.#repairGap()
      return false
    }
    this.#take([event], event.seq)
    return true
  }

  /** True: the whole batch is new, fits exactly, and was delivered. */
  handleBatch({ from, to, events }: ServerMessageOf<'batch'>): boolean {
    if (!this.#progress.isWatching) return false
    const last = this.#last ?? 0
    if (to <= last) {
      this.#hooks.counters.duplicatesDroppedCount += 1
      return false
    }
    const count = events.reduce((sum, event) => sum + (event.count ?? 1), 0)
    if (from !== last + 1 || count !== to - from + 1 || events.at(-1)?.seq !== to) {
      this.#repairGap()
      return false
    }
    this.#take(events, to)
    return true
  }

  #take(events: readonly WorkflowEvent[], seq: number): void {
    this.#followers.welcome()
    // What is shown of another past is not what these continue.
    if (this.#last === null) this.#view = null
    this.#last = seq
    this.#gapsInRow = 0
    for (const event of events) {
      this.#view = applyEvent(this.#view ?? emptyExecutionView(this.executionId), event)
      this.#followers.tell(({ onEvent }) => onEvent?.(event))
    }
    this.#showView(this.#progress.isLive ? 0 : catchingUpViewIntervalMs)
  }

  handleCaughtUp({ seq }: ServerMessageOf<'caught_up'>): void {
    if (this.#progress.phase !== 'catching-up') return
    if (seq !== (this.#last ?? 0)) {
      this.#repairGap()
      return
    }
    this.#last = seq
    this.#progress.arrive()
    this.#view ??= emptyExecutionView(this.executionId)
    this.#flushView()
    // A handler may have closed the client.
    if (this.#progress.isLive) this.#followers.tell(({ onCaughtUp }) => onCaughtUp?.(seq))
    this.#hooks.onProgress()
  }

  handleEnded({ seq }: ServerMessageOf<'ended'>): void {
    if (!this.#progress.isLive) return
    if (seq !== this.#last) {
      this.#repairGap()
      return
    }
    this.#progress.end()
    this.#flushView()
    this.#forgetPresence()
    this.#followers.tell(({ onEnded }) => onEnded?.())
    this.#hooks.onProgress()
  }

  handlePresence({ viewers, count }: Presence): void {
    if (this.#progress.isOver) return
    const presence = { viewers, count }
    this.#presence = presence
    this.#followers.tell(({ onPresence }) => onPresence?.(presence))
  }

  handleError(message: ServerMessageOf<'error'>): void {
    const error = this.#progress.refuse(message)
    if (error !== null) {
      this.#forgetPresence()
      this.#followers.tell(({ onError }) => onError?.(error))
    }
    this.#hooks.onProgress()
  }

  /** Nobody follows any more. */
  dispose(): void {
    this.#followers.clear()
    if (this.#viewTimer !== null) this.#hooks.timers.clearTimeout(this.#viewTimer)
    this.#viewTimer = null
    this.#progress.dispose()
  }

  #repairGap(): void {
    this.#hooks.counters.gapsRepairedCount += 1
    this.#gapsInRow += 1
    if (this.#gapsInRow > gapsInRowMax) this.#last = null
    this.#progress.await()
  }

  #showView(delayMs: number): void {
    // A handler may have been the last follower's farewell.
    if (this.#followers.count === 0) return
    this.#viewTimer ??= this.#hooks.timers.setTimeout(() => this.#flushView(), delayMs)
  }

  #flushView(): void {
    if (this.#viewTimer !== null) this.#hooks.timers.clearTimeout(this.#viewTimer)
    this.#viewTimer = null
    const view = this.#view
    if (view === null) return
    this.#followers.tell(({ onView }) => onView?.(view))
  }

  /** Whom the server told of is nobody's news any more. */
  #forgetPresence(): void {
    if (this.#presence === null) return
    this.#presence = null
    this.#followers.tell(({ onPresence }) => onPresence?.({ viewers: [], count: 0 }))
  }

  /** Tells a late follower what the others know. */
  #greet(handlers: ExecutionHandlers): void {
    const { contain } = this.#hooks
    const { failure, phase } = this.#progress
    const [view, last, presence] = [this.#view, this.#last, this.#presence]
    if (failure !== null) contain(() => handlers.onError?.(failure))
    if (view !== null) contain(() => handlers.onView?.(view))
    if (presence !== null) contain(() => handlers.onPresence?.(presence))
    if (last !== null && (phase === 'live' || phase === 'ended')) contain(() => handlers.onCaughtUp?.(last))
    if (phase === 'ended') contain(() => handlers.onEnded?.())
  }
}
