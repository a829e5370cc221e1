import WebSocket from 'ws'
import type { Journal } from '../test/support/checker/journal.ts'
import { waitUntil } from '../test/support/wait-until.ts'
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

/** A socket without the product's client. Writes down what comes when it is given a journal. */
export class RawSocket {
  readonly socket: WebSocket
  readonly frames: { type: string; [field: string]: unknown }[] = []
  closeCode: number | null = null
  closeReason = ''
  readonly #journal: Journal | null

  constructor(port: number, token: string | null, journal: Journal | null = null) {
    this.#journal = journal
    const protocols = token === null ? ['millrace.v1'] : ['millrace.v1', `bearer.${token}`]
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, protocols, { handshakeTimeout: 5000 })
    this.socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as { type: string }
      this.frames.push(frame)
      journal?.received(frame)
    })
    this.socket.on('close', (code, reason) => {
      this.closeCode = code
      this.closeReason = reason.toString()
    })
    this.socket.on('error', () => undefined)
  }

  get isGreeted(): boolean {
    return this.frames.some(({ type }) => type === 'connected')
  }

  /** True: greeted; false: closed or silent. */
  async greeted(timeoutMs = 5000): Promise<boolean> {
    await this.until(() => this.isGreeted || this.closeCode !== null, timeoutMs)
    return this.isGreeted && this.closeCode === null
  }

  async until(condition: () => boolean, timeoutMs = 5000): Promise<boolean> {
    return waitUntil(condition, { timeoutMs, intervalMs: 10 }).then(
      () => true,
      () => false,
    )
  }

  send(message: object | string | Buffer): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    if (typeof message === 'object' && !Buffer.isBuffer(message)) {
      this.#journal?.sent(message as { type: string })
      this.socket.send(JSON.stringify(message))
    } else this.socket.send(message)
  }

  end(): void {
    this.socket.terminate()
  }
}
