import type { Journal } from '../test/support/checker/journal.ts'
import { JournaledSocket } from '../test/support/checker/journaled-socket.ts'
import type { Audience } from './audience.ts'
import type { Installation } from './installation.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Tenant } from './tenants.ts'
import type { Workload } from './workload.ts'

/** What faults and probes act on and report to. */
export interface TortureWorld {
  installation: Installation
  audience: Audience
  /** Of the workspace that is watched, and of the other one. */
  tenants: readonly [Tenant, Tenant]
  workloads: readonly [Workload, Workload]
  random: SeededRandom
  isShort: boolean
  print: (line: string) => void
  /** Sessions of probes, judged like those of the audience. */
  sessions: Journal[]
  /** What is wrong and has no name among the anomalies of delivery. */
  problems: string[]
  /** How often each thing was done. */
  counts: Map<string, number>
}

export function count(world: TortureWorld, what: string, by = 1): void {
  world.counts.set(what, (world.counts.get(what) ?? 0) + by)
}

/** Milliseconds of a fault: a part of it in the short form. */
export function span(world: TortureWorld, fullMs: number, shortMs: number): number {
  return world.isShort ? shortMs : fullMs
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** A socket without the product's client at one API process. */
export function openRawSocket(port: number, token: string | null, journal: Journal | null = null): JournaledSocket {
  return new JournaledSocket(`ws://127.0.0.1:${port}/ws`, token, journal)
}
