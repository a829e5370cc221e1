import type { EventDraft } from '@millrace/shared/events'
import type { EventOwner, LoggerPort } from '@millrace/temporal/ports'
import type { AppendRequest } from '../events/accept-drafts.ts'
import type { Database } from '../repositories/database.ts'
import { type ClaimedDelivery, claimDeliveries, endDelivery, saveAttempt } from '../repositories/hook-deliveries.ts'
import { resultDraft } from './delivery-result.ts'
import { findDeliveries, hasActiveHooks, listTopicsBehind } from './find-deliveries.ts'
import { createHookRequest } from './hook-request.ts'
import type { HookSecrets } from './hook-secrets.ts'
import { type AttemptOutcome, attemptTimeoutMs, type HookSender } from './hook-sender.ts'
import { attemptsMax, retryDelayMs } from './retry-delay.ts'

export interface HookDispatcherDeps {
  database: Database
  secrets: HookSecrets
  sender: HookSender
  events: { emit(owner: EventOwner, drafts: EventDraft[], before: AppendRequest['before']): Promise<unknown> }
  logger: LoggerPort
  settings?: Partial<HookDispatcherSettings>
}

export interface HookDispatcherSettings {
  /** How often the log and what is due are looked at without being told of anything. */
  pollMs: number
  /** Requests at the same time. */
  inFlightMax: number
  /** Of one hook; one whose last attempt failed has a single one, so that dead receivers take no room from others. */
  perHookMax: number
  retryDelayMs: (attempts: number) => number
}

const defaults: HookDispatcherSettings = { pollMs: 1000, inFlightMax: 64, perHookMax: 4, retryDelayMs }

/** What is claimed comes back after this when the process died with it: well above the longest attempt. */
const claimMs = attemptTimeoutMs * 3
/** Topics looked through in one pass; the others are behind in the next one too. */
const topicsPerPass = 100

/** The delivery is no longer the one that was claimed: whoever has it now tells how it ends. */
class DeliveryTaken extends Error {}

/**
 * Tells hooks of what happens. Two loops in one: events that are new in the log become rows of deliveries, and due
 * rows become requests. All that must survive is in those rows, so any number of processes may do this, and one that
 * dies costs a pause and perhaps a second delivery of the same.
 */
export class HookDispatcher {
  readonly #deps: HookDispatcherDeps
  readonly #settings: HookDispatcherSettings
  readonly #stop = new AbortController()
  readonly #inFlight = new Map<string, number>()
  readonly #attempts = new Set<Promise<void>>()
  /** Hooks whose last attempt failed here; as many as there are hooks at most. */
  readonly #failing = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #pass: Promise<void> | null = null
  #isAskedAgain = false
  #hasHooks = true
  /** Deliveries that ended here, for the metrics page. */
  deliveredCount = 0
  failedCount = 0

  constructor(deps: HookDispatcherDeps) {
    this.#deps = deps
    this.#settings = { ...defaults, ...deps.settings }
  }

  start(): void {
    this.wake()
  }

  /** Events were stored. Without hooks that costs nothing: a new one is found at the next turn. */
  nudge(): void {
    if (this.#hasHooks) this.wake()
  }

  /** Looks at once instead of at the next turn. */
  wake(): void {
    if (this.#stop.signal.aborted) return
    if (this.#pass !== null) {
      this.#isAskedAgain = true
      return
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#pass = this.#look().finally(() => {
      this.#pass = null
      if (this.#stop.signal.aborted) return
      if (this.#isAskedAgain) {
        this.#isAskedAgain = false
        this.wake()
      } else {
        this.#timer = setTimeout(() => this.wake(), this.#settings.pollMs)
        this.#timer.unref()
      }
    })
  }

  /** Cuts what is under way: it is due again at once, here after a restart or in another process. */
  async stop(): Promise<void> {
    this.#stop.abort()
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#pass
    await Promise.allSettled(this.#attempts)
  }

  async #look(): Promise<void> {
    const { database, logger } = this.#deps
    try {
      this.#hasHooks = await hasActiveHooks(database.orm)
      if (!this.#hasHooks) return
      for (const topic of await listTopicsBehind(database.orm, topicsPerPass)) await this.#lookThrough(topic)
      await this.#begin()
    } catch (err) {
      logger.warn({ tag: 'hooks-not-looked-at', err }, 'The deliveries of hooks could not be looked at')
    }
  }

  /** What is wrong with one workspace keeps no other one's deliveries. */
  async #lookThrough(topic: string): Promise<void> {
    const { database, logger } = this.#deps
    try {
      while (!this.#stop.signal.aborted && (await findDeliveries(database, topic, Date.now()))) await this.#begin()
    } catch (err) {
      logger.warn({ tag: 'hooks-not-looked-at', topic, err }, 'Events could not be looked through for hooks')
    }
  }

  async #begin(): Promise<void> {
    const { perHookMax, inFlightMax } = this.#settings
    const limit = inFlightMax - this.#attempts.size
    if (limit <= 0 || this.#stop.signal.aborted) return
    const now = Date.now()
    const busy = new Set([...this.#inFlight.keys(), ...this.#failing])
    const limits = new Map([...busy].map((hookId) => [hookId, this.#roomOf(hookId)]))
    const claim = { now, heldUntil: now + claimMs, limits }
    for (const delivery of await claimDeliveries(this.#deps.database.orm, claim, { perHookMax, limit })) {
      this.#count(delivery.hookId, 1)
      const attempt = this.#attempt(delivery).finally(() => {
        this.#count(delivery.hookId, -1)
        this.#attempts.delete(attempt)
        this.wake()
      })
      this.#attempts.add(attempt)
    }
  }

  #roomOf(hookId: string): number {
    const most = this.#failing.has(hookId) ? 1 : this.#settings.perHookMax
    return Math.max(0, most - (this.#inFlight.get(hookId) ?? 0))
  }

  #count(hookId: string, change: number): void {
    const count = (this.#inFlight.get(hookId) ?? 0) + change
    if (count === 0) this.#inFlight.delete(hookId)
    else this.#inFlight.set(hookId, count)
  }

  async #attempt(delivery: ClaimedDelivery): Promise<void> {
    const { database, logger } = this.#deps
    const { hookId, seq, attempts } = delivery
    try {
      const outcome = await this.#send(delivery)
      if (this.#stop.signal.aborted && !outcome.isDelivered) {
        await saveAttempt(database.orm, delivery, { attempts: attempts - 1, dueAt: Date.now() })
        return
      }
      if (outcome.isDelivered) this.#failing.delete(hookId)
      else this.#failing.add(hookId)
      await this.#settle(delivery, outcome)
    } catch (err) {
      // It stays claimed, and comes back when the claim ends.
      logger.warn({ tag: 'hook-not-settled', hookId, seq, err }, 'An attempt for a hook could not be stored')
    }
  }

  async #send(delivery: ClaimedDelivery): Promise<AttemptOutcome> {
    const { hookId, workspaceId, payload, sealedSecret, url } = delivery
    if (payload === null) return { isDelivered: false, status: null, reason: 'EVENT_GONE', isFinal: true }
    const secret = this.#deps.secrets.open(sealedSecret, workspaceId, hookId)
    const request = createHookRequest({ ...delivery, payload }, secret, Date.now())
    return this.#deps.sender.send(url, request, this.#stop.signal)
  }

  async #settle(delivery: ClaimedDelivery, outcome: AttemptOutcome): Promise<void> {
    const now = Date.now()
    const isOver = outcome.isDelivered || outcome.isFinal || delivery.attempts >= attemptsMax
    const isSaved = isOver
      ? await this.#end(delivery, outcome, now)
      : await saveAttempt(this.#deps.database.orm, delivery, {
          dueAt: now + this.#settings.retryDelayMs(delivery.attempts),
          responseStatus: outcome.status,
          error: outcome.isDelivered ? null : outcome.reason,
        })
    if (!isSaved) this.#failing.delete(delivery.hookId)
    else if (outcome.isDelivered) this.deliveredCount += 1
    else if (isOver) this.failedCount += 1
  }

  /** Result and event are stored together: neither is ever there without the other. False: it is another's by now. */
  async #end(delivery: ClaimedDelivery, outcome: AttemptOutcome, now: number): Promise<boolean> {
    const owner = { workspaceId: delivery.workspaceId, userId: delivery.createdBy }
    const result = {
      status: outcome.isDelivered ? ('delivered' as const) : ('failed' as const),
      finishedAt: now,
      responseStatus: outcome.status,
      error: outcome.isDelivered ? null : outcome.reason,
    }
    try {
      await this.#deps.events.emit(owner, [resultDraft(delivery, outcome, now)], async (client) => {
        if (!(await endDelivery(client, delivery, result))) throw new DeliveryTaken()
      })
      return true
    } catch (err) {
      if (err instanceof DeliveryTaken) return false
      throw err
    }
  }
}
