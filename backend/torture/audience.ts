import { type JournaledClient, openJournaledClient } from '../test/support/checker/journaled-client.ts'
import { waitUntil } from '../test/support/wait-until.ts'
import type { Installation } from './installation.ts'
import type { SeededRandom } from './seeded-random.ts'
import { clientsPerUserMax, type Tenant } from './tenants.ts'
import type { StartedRun } from './workload.ts'

/** One in five sits behind a network of its own that fails in more ways. */
const shakyEvery = 5
/** One in ten follows the list of runs, too. */
const listEvery = 10
/** After it everyone must be at the head. */
export const liveWithinMs = 5000

interface Viewer {
  client: JournaledClient
  follows: Map<string, () => void>
}

/** Many people who watch, each with the product's own client, now at one process and now at another. */
export class Audience {
  readonly viewers: Viewer[] = []
  readonly due: { session: string; key: string; seq: number; by: number }[] = []
  readonly #installation: Installation
  readonly #random: SeededRandom
  #viewersPerRun = 1

  constructor(installation: Installation, random: SeededRandom) {
    this.#installation = installation
    this.#random = random
  }

  open(tenant: Tenant, foreignCanary: string, { clients, runs }: { clients: number; runs: number }): void {
    this.#viewersPerRun = Math.max(2, Math.ceil((clients * 2) / runs))
    for (let index = 0; index < clients; index += 1) {
      const account = tenant.accounts[Math.floor(index / clientsPerUserMax)]
      if (account === undefined) throw new Error('too few accounts')
      let turn = index
      const client = openJournaledClient({
        name: `viewer-${index}`,
        url: () => this.#url(turn++, index % shakyEvery === 0),
        getToken: () => account.token(),
        workspaceIds: [tenant.workspaceId],
        canaries: [foreignCanary],
      })
      if (index % listEvery === 0) client.followChannel('executions')
      this.viewers.push({ client, follows: new Map() })
    }
  }

  /** Some of them open a new run. */
  watch({ executionId }: StartedRun): void {
    for (const viewer of this.#random.sample(this.viewers, this.#viewersPerRun)) {
      viewer.follows.set(executionId, viewer.client.follow(executionId))
    }
  }

  /** Some close what they watch and open it again at once. */
  churn(count: number): void {
    for (const { client, follows } of this.#random.sample(this.viewers, count)) {
      for (const [executionId, stop] of follows) {
        if (client.hasEnded(executionId)) continue
        stop()
        follows.set(executionId, client.follow(executionId))
      }
    }
  }

  /** Notes where everybody has to be soon. Those who wait for their next try look now, as a browser does when its network is back. */
  expectLive(heads: ReadonlyMap<string, number>, by: number): void {
    for (const { client, follows } of this.viewers) {
      client.socket.nudge()
      for (const executionId of follows.keys()) {
        const seq = heads.get(`execution:${executionId}`)
        if (seq === undefined) continue
        this.due.push({ session: client.journal.name, key: `execution:${executionId}`, seq, by })
      }
    }
  }

  /** Waits until all have seen the ends of all they follow. False: some have not. */
  async untilEnded(timeoutMs: number): Promise<boolean> {
    const isEverybodyThere = () =>
      this.viewers.every(({ client, follows }) => [...follows.keys()].every((id) => client.hasEnded(id)))
    return waitUntil(isEverybodyThere, { timeoutMs, intervalMs: 50 }).then(
      () => true,
      () => false,
    )
  }

  finish(): void {
    for (const { client } of this.viewers) client.finish()
  }

  counts() {
    const stats = this.viewers.map(({ client }) => client.socket.stats())
    const sum = (of: (one: (typeof stats)[number]) => number) => stats.reduce((total, one) => total + of(one), 0)
    const entries = (kind: string) =>
      this.viewers.reduce(
        (total, { client }) => total + client.journal.entries.filter((one) => one.kind === kind).length,
        0,
      )
    const resumes = this.viewers.reduce(
      (total, { client }) =>
        total + client.journal.entries.filter((one) => one.kind === 'asked' && one.since !== null).length,
      0,
    )
    const merged = this.viewers.reduce(
      (total, { client }) =>
        total +
        client.journal.entries.filter(
          (one) => one.kind === 'batch' || (one.kind === 'event' && (one.event.count ?? 1) > 1),
        ).length,
      0,
    )
    return {
      connects: sum(({ connectCount }) => connectCount),
      frames: sum(({ framesReceivedCount }) => framesReceivedCount),
      deliveries: entries('event') + entries('batch'),
      told: entries('told'),
      resumes,
      resyncs: entries('resync'),
      snapshots: entries('snapshot'),
      merged,
      gapsRepaired: sum(({ gapsRepairedCount }) => gapsRepairedCount),
      duplicatesDropped: sum(({ duplicatesDroppedCount }) => duplicatesDroppedCount),
    }
  }

  #url(turn: number, isShaky: boolean): string {
    const slot = this.#installation.apis[turn % this.#installation.apis.length]
    if (slot === undefined) throw new Error('no API process')
    return `ws://127.0.0.1:${(isShaky ? slot.shaky : slot.steady).port}/ws`
  }
}
