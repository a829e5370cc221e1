import type { Identity } from '../../src/websocket/identity.ts'
import { checkDelivery, type Verdict } from '../support/checker/check-delivery.ts'
import { type ClientLies, type JournaledClient, openJournaledClient } from '../support/checker/journaled-client.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { waitUntil } from '../support/wait-until.ts'
import { ada, type DeliverySeams, type DeliveryWorld, openDeliveryWorld } from './delivery-world.ts'
import { completedDraft, createdDraft, logDraft, streamDraft } from './memory-log.ts'
import { RecordedLog } from './recorded-log.ts'

/** In every event of the first workspace: the other one must never see it. */
export const canary = 'canary-of-ws-1'

/** How long a broken server is waited for; one that works needs a small part of it. */
const patienceMs = 400

/** What a test may break. */
export interface Broken extends Omit<DeliverySeams, 'log'> {
  clientLies?: () => ClientLies
  createLog?: (bus: ConstructorParameters<typeof RecordedLog>[0]) => RecordedLog
  /** Done when the world is open. */
  afterOpening?: (world: DeliveryWorld) => void
}

/** A short life of three runs and six clients that touches every promise once, judged by the checker. */
export async function playScenario(broken: Broken = {}): Promise<Verdict> {
  const scenario = await Scenario.open(broken)
  try {
    return await scenario.play()
  } finally {
    await scenario.close()
  }
}

class Scenario {
  readonly #world: DeliveryWorld
  readonly #log: RecordedLog
  readonly #proxy: FaultProxy
  readonly #clients: JournaledClient[] = []
  readonly #acknowledged: { topic: string; eventId: string }[] = []
  readonly #due: { session: string; key: string; seq: number; by: number }[] = []

  readonly #lies: () => ClientLies

  private constructor(world: DeliveryWorld, log: RecordedLog, proxy: FaultProxy, lies: () => ClientLies) {
    this.#lies = lies
    this.#world = world
    this.#log = log
    this.#proxy = proxy
  }

  static async open({ createLog, afterOpening, clientLies = () => ({}), ...seams }: Broken): Promise<Scenario> {
    const world = await openDeliveryWorld({
      log: createLog ?? ((bus) => new RecordedLog(bus)),
      settings: { expiryLeewayMs: 0, sweepIntervalMs: 20 },
      bridge: { pollIntervalMs: 40 },
      ...seams,
    })
    afterOpening?.(world)
    const log = world.log as RecordedLog
    for (const executionId of ['e1', 'e2']) log.createTopic(`execution:${executionId}`, 'ws-1')
    log.createTopic('execution:e3', 'ws-2')
    log.createTopic('workspace:ws-1', 'ws-1')
    return new Scenario(world, log, await FaultProxy.open({ targetPort: Number(new URL(world.url).port) }), clientLies)
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.finish()
    await this.#proxy.close()
    await this.#world.close()
  }

  async play(): Promise<Verdict> {
    const [stays, guesses] = [this.#client('stays', 'token-ada'), this.#client('guesses', 'token-mallory', 'ws-2')]
    for (const executionId of ['e1', 'e2']) stays.follow(executionId)
    stays.followChannel('executions')
    for (const executionId of ['e1', 'e3']) guesses.follow(executionId)
    await this.#patiently(() => [stays, guesses].every(({ socket }) => socket.state.status === 'live'))
    this.#append('e1', 6)
    this.#append('e3', 2)
    await this.#arrive([stays], ['e1'])
    await this.#loseRights(stays)
    this.#proxy.cutAll('rst')
    this.#append('e1', 5)
    this.#log.isMute = true
    this.#append('e2', 4)
    this.#log.isMute = false
    await this.#arrive([stays], ['e1', 'e2'])
    // The log of one run begins anew while its readers are away.
    this.#proxy.cutAll('fin')
    this.#log.beginAnew('execution:e2', 'epoch-2', 2)
    this.#append('e2', 5)
    const late = this.#client('late', 'token-ada')
    late.follow('e1')
    await this.#arrive([stays, late], ['e1'])
    await this.#arrive([stays], ['e2'])
    this.#append('e2', 3)
    this.#store('execution:e1', [completedDraft('e1')])
    await this.#arrive([stays, late], ['e1'])
    await this.#arrive([stays], ['e2'])
    await this.#patiently(() => stays.hasEnded('e1') && late.hasEnded('e1'))
    return this.#judge()
  }

  /** One reader's token expires, another's right is taken; then more is written. */
  async #loseRights(stays: JournaledClient): Promise<void> {
    const { identities, manager } = this.#world
    const expiresAt = Date.now() + 150
    identities.set('token-brief', { ...ada, userId: 'brief', expiresAt })
    identities.set('token-revoked', { ...ada, userId: 'revoked', credentialId: 'key-1' })
    const readers = [this.#client('brief', 'token-brief'), this.#client('revoked', 'token-revoked')] as const
    for (const reader of readers) reader.follow('e1')
    await this.#arrive([...readers], ['e1'])
    for (const token of ['token-brief', 'token-revoked']) identities.delete(token)
    const isRevoked = ({ userId }: Identity) => userId === 'revoked'
    manager.rights.disconnect(isRevoked, 'INVALID_TOKEN')
    const isOver = () => readers.every(({ socket }) => socket.state.status === 'stopped')
    await this.#patiently(() => Date.now() > expiresAt && isOver())
    readers[0].journal.add({ kind: 'authority ends', by: 'expiry' })
    readers[1].journal.add({ kind: 'authority ends', by: 'revocation' })
    this.#append('e1', 3)
    await this.#arrive([stays], ['e1'])
  }

  #client(name: string, token: string, workspaceId = 'ws-1'): JournaledClient {
    const client = openJournaledClient({
      name,
      url: `ws://127.0.0.1:${this.#proxy.port}/ws`,
      getToken: () => (this.#world.identities.has(token) ? token : null),
      workspaceIds: [workspaceId],
      canaries: workspaceId === 'ws-1' ? [] : [canary],
      random: () => 0,
      lies: this.#lies(),
    })
    this.#clients.push(client)
    return client
  }

  #append(executionId: string, count: number): void {
    const topic = `execution:${executionId}`
    const word = executionId === 'e3' ? 'own' : canary
    const start = this.#log.textLengthOf(topic)
    let texts = 0
    const drafts = Array.from({ length: count }, (_, index) =>
      index % 3 === 0 ? logDraft(executionId, word) : streamDraft(executionId, word, start + word.length * texts++),
    )
    this.#store(topic, drafts)
    const eventId = `created/${this.#log.headOf('workspace:ws-1')}`
    this.#store('workspace:ws-1', [{ ...createdDraft(executionId), eventId }])
  }

  #store(topic: string, drafts: Parameters<RecordedLog['append']>[1]): void {
    this.#log.append(topic, drafts)
    for (const { eventId } of drafts) this.#acknowledged.push({ topic, eventId })
  }

  /** Waits until readers have come to the heads of runs, and notes that they had to. */
  async #arrive(clients: readonly JournaledClient[], executionIds: readonly string[]): Promise<void> {
    const by = Date.now() + patienceMs * 5
    for (const executionId of executionIds) {
      const head = this.#log.headOf(`execution:${executionId}`)
      for (const { journal } of clients) {
        this.#due.push({ session: journal.name, key: `execution:${executionId}`, seq: head, by })
      }
      await this.#patiently(() => clients.every((client) => client.place(executionId) === head))
    }
  }

  #patiently(condition: () => boolean): Promise<void> {
    return waitUntil(condition, { timeoutMs: patienceMs, intervalMs: 3 }).catch(() => undefined)
  }

  #judge(): Verdict {
    for (const client of this.#clients) client.finish()
    return checkDelivery({
      written: this.#log.written,
      acknowledged: this.#acknowledged,
      sessions: this.#clients.map(({ journal }) => journal),
      channels: { executions: { topic: 'workspace:ws-1', accepts: ({ type }) => type.startsWith('execution:') } },
      mustEnd: ['e1'],
      due: this.#due,
    })
  }
}
