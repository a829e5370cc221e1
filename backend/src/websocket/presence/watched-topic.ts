import { type PresenceViewer, presenceLimits } from '@millrace/shared/protocol/presence'
import type { Connection } from '../connections/connection.ts'
import { encodeMessage, type TextFrame } from '../frames/text-frame.ts'

/** What another process said about a topic. */
interface RemoteViewers {
  viewers: readonly PresenceViewer[]
  count: number
  heardAt: number
}

/** Other processes that are remembered per topic: bounds what a stranger in Redis can have kept. */
const processesMax = 256

/** Who watches one topic, here and elsewhere. */
export class WatchedTopic {
  readonly topic: string
  readonly address: { executionId: string } | { workspaceId: string }
  readonly #local = new Map<Connection, PresenceViewer>()
  readonly #remote = new Map<string, RemoteViewers>()
  /** Connections that could not be told the newest. */
  readonly #stale = new Set<Connection>()
  /** Epoch milliseconds. */
  toldAt = 0
  publishedAt = 0
  timer: ReturnType<typeof setTimeout> | null = null

  constructor(topic: string, workspaceId: string) {
    this.topic = topic
    this.address = topic.startsWith('execution:') ? { executionId: topic.slice('execution:'.length) } : { workspaceId }
  }

  get localCount(): number {
    return this.#local.size
  }

  get count(): number {
    return [...this.#remote.values()].reduce((sum, { count }) => sum + count, this.#local.size)
  }

  get localViewers(): PresenceViewer[] {
    const viewers: PresenceViewer[] = []
    for (const viewer of this.#local.values()) {
      if (viewers.length === presenceLimits.viewersMax) break
      viewers.push(viewer)
    }
    return viewers
  }

  has(connection: Connection): boolean {
    return this.#local.has(connection)
  }

  /** A guest of a share link is there without a name. */
  add(connection: Connection, now: number): void {
    const { kind, userId, name } = connection.identity
    const who = kind === 'share' ? { userId: 'guest', name: 'Guest' } : { userId, name: name.slice(0, 200) }
    this.#local.set(connection, { connectionId: connection.id, ...who, since: now })
  }

  remove(connection: Connection): boolean {
    this.#stale.delete(connection)
    return this.#local.delete(connection)
  }

  setState(connection: Connection, state: PresenceViewer['state'] & object): void {
    const viewer = this.#local.get(connection)
    if (viewer === undefined) return
    const { state: _former, ...rest } = viewer
    this.#local.set(connection, Object.keys(state).length === 0 ? rest : { ...rest, state })
  }

  /** True: it is news. */
  hear(from: string, { viewers, count }: Omit<RemoteViewers, 'heardAt'>, now: number): boolean {
    const former = this.#remote.get(from)
    this.#remote.delete(from)
    if (count > 0 && this.#remote.size < processesMax) this.#remote.set(from, { viewers, count, heardAt: now })
    return (former?.count ?? 0) !== count || JSON.stringify(former?.viewers ?? []) !== JSON.stringify(viewers)
  }

  /** True: a process that has not been heard of for so long was forgotten. */
  forgetSilent(before: number): boolean {
    const silent = [...this.#remote].filter(([, { heardAt }]) => heardAt < before)
    for (const [from] of silent) this.#remote.delete(from)
    return silent.length > 0
  }

  /** Tells everybody here who is there, in frames that they share. Who reads slowly is told later, and then only the newest. */
  tell(now: number): void {
    this.toldAt = now
    this.#tellThese([...this.#local.keys()], now)
  }

  tellStale(now: number): void {
    if (this.#stale.size > 0) this.#tellThese([...this.#stale], now)
  }

  #tellThese(connections: readonly Connection[], now: number): void {
    let named: TextFrame | null = null
    let counted: TextFrame | null = null
    for (const connection of connections) {
      if (!connection.takesPresence) continue
      if (connection.blockedSince !== null || connection.waitingBytes > 0) {
        this.#stale.add(connection)
        continue
      }
      this.#stale.delete(connection)
      if (connection.identity.kind === 'share') {
        counted ??= this.#encode([], now)
        connection.sendFrame(counted)
      } else {
        named ??= this.#encode(this.#viewers(), now)
        connection.sendFrame(named)
      }
    }
  }

  #viewers(): PresenceViewer[] {
    const remote = [...this.#remote.values()].flatMap(({ viewers }) => viewers)
    return [...this.localViewers, ...remote]
      .toSorted((one, other) => one.since - other.since)
      .slice(0, presenceLimits.viewersMax)
  }

  #encode(viewers: PresenceViewer[], now: number): TextFrame {
    const { address, count } = this
    return encodeMessage({ type: 'presence:update', timestamp: now, ...address, viewers, count })
  }
}
