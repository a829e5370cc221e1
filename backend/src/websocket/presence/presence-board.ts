import { type PresenceState, presenceLimits } from '@millrace/shared/protocol/presence'
import { executionTopic } from '../../events/topic-name.ts'
import type { Connection } from '../connections/connection.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import type { PresenceBus, PresenceReport } from './presence-bus.ts'
import { WatchedTopic } from './watched-topic.ts'

export interface PresenceSettings {
  /** How often each process says again who is there, milliseconds. */
  refreshMs: number
  /** A process that has not been heard of for this long is dead, and so are its viewers: three refreshes. */
  deadAfterMs: number
}

export const defaultPresenceSettings: PresenceSettings = { refreshMs: 15_000, deadAfterMs: 45_000 }

/** Changes of one moment, as when a page opens, are one update. */
const gatherMs = 25

/**
 * Who watches what, now: executions by any subscription of them, workspaces by a subscription of their channel.
 * In memory only, told between processes by reports of each process about its own. Whoever may subscribe to a
 * thing may know who else does; guests of share links are told how many.
 */
export class PresenceBoard {
  readonly #bus: PresenceBus
  readonly #settings: PresenceSettings
  readonly #topics = new Map<string, WatchedTopic>()
  #isClosed = false

  constructor(bus: PresenceBus, settings: Partial<PresenceSettings> = {}) {
    this.#bus = bus
    this.#settings = { ...defaultPresenceSettings, ...settings }
    bus.listen({
      hear: (from, report) => this.#hear(from, report),
      joined: (isMeant) => this.#tellOthers(isMeant),
    })
  }

  get topicCount(): number {
    return this.#topics.size
  }

  /** Call when a connection may have begun to follow something. */
  look(connection: Connection): void {
    if (this.#isClosed || connection.state !== 'live') return
    for (const subscription of connection.subscriptions.values()) {
      const ring = subscription.topic?.ring
      const topic = watchedTopicOf(subscription)
      if (ring === undefined || topic === null) continue
      const watched = this.#topics.get(topic) ?? this.#watch(topic, ring.workspaceId)
      if (watched.has(connection)) continue
      watched.add(connection, Date.now())
      this.#change(watched)
    }
  }

  /** A subscription has let go of its topic. */
  release(connection: Connection, subscription: Subscription): void {
    const topic = watchedTopicOf(subscription)
    const watched = topic === null ? undefined : this.#topics.get(topic)
    if (watched === undefined) return
    for (const other of connection.subscriptions.values()) {
      if (other !== subscription && watchedTopicOf(other) === topic) return
    }
    if (watched.remove(connection)) this.#change(watched)
  }

  /** False: the connection does not watch that execution. */
  setState(connection: Connection, executionId: string, state: PresenceState): boolean {
    const watched = this.#topics.get(executionTopic(executionId))
    if (watched?.has(connection) !== true) return false
    watched.setState(connection, state)
    this.#change(watched)
    return true
  }

  /** Call about every second. */
  sweep(now: number): void {
    for (const watched of this.#topics.values()) {
      if (watched.forgetSilent(now - this.#settings.deadAfterMs)) this.#change(watched)
      if (watched.localCount > 0 && now - watched.publishedAt >= this.#settings.refreshMs) this.#publish(watched, false)
      watched.tellStale(now)
    }
  }

  /** The bus is its owner's to close. */
  close(): void {
    this.#isClosed = true
    for (const watched of this.#topics.values()) this.#drop(watched)
  }

  #watch(topic: string, workspaceId: string): WatchedTopic {
    const watched = new WatchedTopic(topic, workspaceId)
    this.#topics.set(topic, watched)
    // Whoever else is there answers what is told when it has been joined.
    this.#bus.follow(topic)
    return watched
  }

  /** Tells soon, and never more often than may be. */
  #change(watched: WatchedTopic): void {
    if (watched.timer !== null || this.#isClosed) return
    const dueAt = watched.toldAt + presenceLimits.updateIntervalMs
    const delayMs = Math.max(gatherMs, dueAt - Date.now())
    watched.timer = setTimeout(() => this.#tell(watched), delayMs)
    watched.timer.unref()
  }

  #tell(watched: WatchedTopic): void {
    watched.timer = null
    watched.tell(Date.now())
    this.#publish(watched, false)
    if (watched.localCount === 0) this.#drop(watched)
  }

  #publish(watched: WatchedTopic, asks: boolean): void {
    watched.publishedAt = Date.now()
    const { topic, localViewers: viewers, localCount: count } = watched
    this.#bus.publish({ topic, viewers, count, asks })
  }

  #drop(watched: WatchedTopic): void {
    if (watched.timer !== null) clearTimeout(watched.timer)
    watched.timer = null
    if (this.#topics.get(watched.topic) !== watched) return
    this.#topics.delete(watched.topic)
    this.#bus.unfollow(watched.topic)
  }

  #tellOthers(isMeant: (topic: string) => boolean): void {
    for (const watched of this.#topics.values()) if (isMeant(watched.topic)) this.#publish(watched, true)
  }

  #hear(from: string, { topic, viewers, count, asks }: PresenceReport): void {
    const watched = this.#topics.get(topic)
    if (watched === undefined) return
    const isNews = watched.hear(from, { viewers, count }, Date.now())
    if (isNews) this.#change(watched)
    if (asks) this.#publish(watched, false)
  }
}

/** Null: who follows this is of no interest to others. */
function watchedTopicOf({ target, topic, isOpening }: Subscription): string | null {
  if (topic === null || isOpening) return null
  if (target.kind === 'execution') return topic.ring.topic
  return target.kind === 'channel' && target.channel.startsWith('workspaces:') ? topic.ring.topic : null
}
