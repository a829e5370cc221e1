import type { EventDraft } from '@millrace/shared/events'
import fc from 'fast-check'
import { checkDelivery, type Verdict } from '../support/checker/check-delivery.ts'
import { Journal } from '../support/checker/journal.ts'
import { type JournaledClient, openJournaledClient } from '../support/checker/journaled-client.ts'
import { JournaledSocket } from '../support/checker/journaled-socket.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { waitUntil } from '../support/wait-until.ts'
import { ada, type DeliverySeams, type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { completedDraft, createdDraft, logDraft, streamDraft } from './memory-log.ts'
import { RecordedLog } from './recorded-log.ts'

const canary = 'canary-of-ws-1'
const executionIds = ['e0', 'e1', 'e2'] as const
const clientsMax = 5
const liveWithinMs = 5000
/** For what must happen by itself, on a busy machine. */
const patienceMs = 10_000

/** Sizes that make the ways that are rare in production the usual ones. */
export interface ModelSizes {
  ringBytesMax: number
  highWaterBytes: number
  pageEventsMax: number
}

export const anySizes: fc.Arbitrary<ModelSizes> = fc.record({
  ringBytesMax: fc.constantFrom(600, 6000, 1024 * 1024),
  highWaterBytes: fc.constantFrom(400, 64 * 1024),
  pageEventsMax: fc.constantFrom(3, 200),
})

/** Something that happens to the delivery; all of them may happen at any time. */
export type Happening =
  | { what: 'append'; run: number; stream: boolean; count: number }
  | { what: 'interleave'; run: number; count: number }
  | { what: 'finish' | 'begin anew'; run: number }
  | { what: 'connect'; isForeign: boolean }
  | { what: 'follow' | 'unfollow'; client: number; run: number }
  | { what: 'ask'; run: number; since: number | null; epoch: string | null }
  | { what: 'cut'; kind: 'fin' | 'rst' }
  | { what: 'stall' | 'flow' | 'mute' | 'hear' | 'log away' | 'log back' | 'expire' | 'revoke' | 'breathe' }

const run = fc.nat(executionIds.length - 1)
const client = fc.nat(clientsMax - 1)
/** Now and then more than a reader may lag behind before events are merged for it. */
const howMany = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 200 }) },
)
const word = <What extends Happening['what']>(what: What) =>
  fc.record({ what: fc.constant(what) }) as fc.Arbitrary<Happening>

export const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('append' as const),
      run,
      stream: fc.boolean(),
      count: howMany,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('interleave' as const), run, count: fc.integer({ min: 30, max: 100 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('finish' as const, 'begin anew' as const), run }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('connect' as const), isForeign: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('follow' as const), client, run }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unfollow' as const), client, run }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('ask' as const),
      run,
      since: fc.option(fc.constantFrom(0, 1, 4, 9, 1000), { nil: null }),
      epoch: fc.option(fc.constantFrom('epoch-1', 'foreign'), { nil: null }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('cut' as const), kind: fc.constantFrom('fin' as const, 'rst' as const) }),
  },
  ...(['stall', 'flow', 'mute', 'hear', 'log away', 'log back', 'expire', 'revoke'] as const).map((what) => ({
    weight: 1,
    arbitrary: word(what),
  })),
  { weight: 4, arbitrary: word('breathe') },
)

/** The delivery side over real sockets and our own clients, to which things happen one by one. */
export class DeliveryModel {
  readonly #world: DeliveryWorld
  readonly #log: RecordedLog
  readonly #proxy: FaultProxy
  readonly #clients: { client: JournaledClient; follows: Map<string, () => void>; isForeign: boolean }[] = []
  readonly #brief: JournaledClient[] = []
  readonly #asking: { socket: JournaledSocket; journal: Journal }[] = []
  readonly #due: { session: string; key: string; seq: number; by: number }[] = []
  readonly #ended = new Set<string>()
  #epochCount = 1
  #nextId = 1

  private constructor(world: DeliveryWorld, proxy: FaultProxy) {
    this.#world = world
    this.#log = world.log as RecordedLog
    this.#proxy = proxy
  }

  static async open(settings: ModelSizes, seams: DeliverySeams = {}): Promise<DeliveryModel> {
    const world = await openDeliveryWorld({
      log: (bus) => new RecordedLog(bus),
      settings: { ...settings, sweepIntervalMs: 20, expiryLeewayMs: 0 },
      bridge: { pollIntervalMs: 30 },
      ...seams,
    })
    const model = new DeliveryModel(world, await FaultProxy.open({ targetPort: Number(new URL(world.url).port) }))
    for (const executionId of executionIds) {
      model.#log.createTopic(`execution:${executionId}`, 'ws-1')
      model.#log.append(`execution:${executionId}`, [createdDraft(executionId)])
    }
    model.#connect('token-ada', false)
    for (const index of executionIds.keys()) model.#follow({ client: 0, run: index })
    return model
  }

  async apply(happening: Happening): Promise<void> {
    switch (happening.what) {
      case 'append':
        return this.#append(happening)
      case 'interleave':
        return this.#interleave(happening)
      case 'finish':
        return this.#finish(executionIds[happening.run] ?? 'e0')
      case 'begin anew':
        return this.#beginAnew(executionIds[happening.run] ?? 'e0')
      case 'connect':
        if (this.#clients.length < clientsMax)
          this.#connect(happening.isForeign ? 'token-mallory' : 'token-ada', happening.isForeign)
        return
      case 'follow':
        return this.#follow(happening)
      case 'unfollow':
        return this.#unfollow(happening)
      case 'ask':
        return this.#ask(happening)
      case 'cut':
        this.#proxy.cutAll(happening.kind)
        return
      case 'stall':
        this.#proxy.blackhole('toClient')
        return
      case 'flow':
        this.#proxy.heal()
        return
      case 'mute':
      case 'hear':
        this.#log.isMute = happening.what === 'mute'
        return
      case 'log away':
      case 'log back':
        this.#log.isAway = happening.what === 'log away'
        return
      case 'expire':
      case 'revoke':
        return this.#loseRight(happening.what)
      case 'breathe':
        await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Everything works again; whoever follows comes to the head; then the checker speaks. */
  async judge(): Promise<Verdict> {
    this.#log.isAway = false
    this.#log.isMute = false
    this.#proxy.heal()
    for (const executionId of executionIds) {
      if (!this.#ended.has(executionId)) this.#log.append(`execution:${executionId}`, [logDraft(executionId, canary)])
    }
    const by = Date.now() + liveWithinMs
    const waiting = this.#clients.filter(({ isForeign }) => !isForeign)
    for (const { client: one, follows } of waiting) {
      for (const executionId of follows.keys()) {
        const seq = this.#log.headOf(`execution:${executionId}`)
        this.#due.push({ session: one.journal.name, key: `execution:${executionId}`, seq, by })
      }
    }
    const isThere = () =>
      waiting.every(({ client: one, follows }) =>
        [...follows.keys()].every(
          (id) => one.place(id) === this.#log.headOf(`execution:${id}`) && (!this.#ended.has(id) || one.hasEnded(id)),
        ),
      )
    await waitUntil(isThere, { timeoutMs: liveWithinMs, intervalMs: 3 }).catch(() => undefined)
    const all = [...this.#clients.map(({ client: one }) => one), ...this.#brief]
    for (const one of all) one.finish()
    return checkDelivery({
      written: this.#log.written,
      sessions: [...all.map(({ journal }) => journal), ...this.#asking.map(({ journal }) => journal)],
      mustEnd: [...this.#ended],
      due: this.#due,
    })
  }

  /** What clients met, to show that the rare ways were gone. */
  sights(): Set<string> {
    const journals = [
      ...this.#clients.map(({ client: one }) => one.journal),
      ...this.#asking.map(({ journal }) => journal),
    ]
    const sights = new Set<string>()
    for (const entry of journals.flatMap(({ entries }) => entries)) {
      sights.add(entry.kind === 'event' && entry.event.count !== undefined ? 'merged' : entry.kind)
      if (entry.kind === 'asked' && entry.since !== null) sights.add('resumed')
    }
    return sights
  }

  /** Throws when anything is left in the server. */
  async close(): Promise<void> {
    for (const { client: one } of this.#clients) one.socket.close()
    for (const { socket } of this.#asking) socket.end()
    await this.#proxy.close()
    await expectQuiet(this.#world.manager)
    await this.#world.close()
  }

  #append({ run: index, stream, count }: Extract<Happening, { what: 'append' }>): void {
    const executionId = executionIds[index] ?? 'e0'
    if (this.#ended.has(executionId)) return
    const start = this.#log.textLengthOf(`execution:${executionId}`)
    this.#log.append(
      `execution:${executionId}`,
      Array.from(
        { length: count },
        (_, place): EventDraft =>
          stream ? streamDraft(executionId, canary, start + place * canary.length) : logDraft(executionId, canary),
      ),
    )
  }

  /** Two other nodes that write at the same time, from their beginning. */
  #interleave({ run: index, count }: Extract<Happening, { what: 'interleave' }>): void {
    const executionId = executionIds[index] ?? 'e0'
    if (this.#ended.has(executionId)) return
    const id = this.#nextId++
    const drafts = Array.from({ length: count * 2 }, (_, place): EventDraft => {
      const nodePath = `side-${id}-${place % 2}`
      const draft = streamDraft(executionId, 'ab', Math.floor(place / 2) * 2)
      return { ...draft, nodeId: nodePath, nodePath, eventId: `${nodePath}/${place}` }
    })
    this.#log.append(`execution:${executionId}`, drafts)
  }

  #finish(executionId: string): void {
    if (this.#ended.has(executionId)) return
    this.#ended.add(executionId)
    this.#log.append(`execution:${executionId}`, [completedDraft(executionId)])
  }

  /** As after the restore of an older backup. Announcements carry no epoch, so the process is told before more is written. */
  async #beginAnew(executionId: string): Promise<void> {
    if (this.#ended.has(executionId)) return
    const topic = `execution:${executionId}`
    this.#log.isAway = false
    this.#epochCount += 1
    this.#log.beginAnew(topic, `epoch-${this.#epochCount}`, Math.floor(this.#log.headOf(topic) / 2))
    await this.#world.bridge.refresh(topic)
  }

  #connect(token: string, isForeign: boolean): void {
    const opened = this.#open(`client-${this.#clients.length}`, token, isForeign ? 'ws-2' : 'ws-1')
    this.#clients.push({ client: opened, follows: new Map(), isForeign })
  }

  #open(name: string, token: string, workspaceId: string): JournaledClient {
    return openJournaledClient({
      name,
      url: this.#url,
      getToken: () => (this.#world.identities.has(token) ? token : null),
      workspaceIds: [workspaceId],
      canaries: workspaceId === 'ws-1' ? [] : [canary],
      random: () => 0.002,
    })
  }

  get #url(): string {
    return `ws://127.0.0.1:${this.#proxy.port}/ws`
  }

  #follow({ client: index, run: runIndex }: { client: number; run: number }): void {
    const one = this.#clients[index % this.#clients.length]
    const executionId = executionIds[runIndex] ?? 'e0'
    if (one !== undefined && !one.follows.has(executionId)) one.follows.set(executionId, one.client.follow(executionId))
  }

  #unfollow({ client: index, run: runIndex }: { client: number; run: number }): void {
    const one = this.#clients[index % this.#clients.length]
    const executionId = executionIds[runIndex] ?? 'e0'
    one?.follows.get(executionId)?.()
    one?.follows.delete(executionId)
  }

  /** Somebody without our client, who may claim to have seen anything. */
  async #ask({ run: index, since, epoch }: Extract<Happening, { what: 'ask' }>): Promise<void> {
    if (this.#asking.length >= clientsMax) return
    const journal = new Journal({ name: `asking-${this.#asking.length}`, workspaceIds: ['ws-1'] })
    const socket = new JournaledSocket(`${this.#url}?capabilities=${since === 1 ? 'batch' : ''}`, 'token-ada', journal)
    this.#asking.push({ socket, journal })
    if (!(await socket.greeted(300))) return
    const place = since === null ? {} : { since }
    socket.send({
      type: 'subscribe',
      id: 1,
      executionId: executionIds[index],
      ...place,
      ...(epoch === null ? {} : { epoch }),
    })
  }

  async #loseRight(how: 'expire' | 'revoke'): Promise<void> {
    this.#proxy.heal()
    this.#log.isAway = false
    const { identities, manager } = this.#world
    const userId = `brief-${this.#brief.length}`
    const expiresAt = how === 'expire' ? Date.now() + 60 : null
    identities.set(userId, { ...ada, userId, expiresAt })
    const one = this.#open(userId, userId, 'ws-1')
    this.#brief.push(one)
    one.follow('e0')
    const isOver = () => expiresAt !== null && Date.now() > expiresAt
    await waitUntil(() => one.socket.state.status === 'live' || isOver(), { timeoutMs: patienceMs, intervalMs: 3 })
    identities.delete(userId)
    if (how === 'revoke') manager.rights.disconnect((identity) => identity.userId === userId, 'INVALID_TOKEN')
    await waitUntil(() => one.socket.state.status === 'stopped', { timeoutMs: patienceMs, intervalMs: 3 })
    one.journal.add({ kind: 'authority ends', by: how === 'expire' ? 'expiry' : 'revocation' })
  }
}
