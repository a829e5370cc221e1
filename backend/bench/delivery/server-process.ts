import { setTimeout as delay } from 'node:timers/promises'
import { answerCalls } from '../support/bench-process.ts'
import type { ContestantName } from './contestant.ts'
import { openOther } from './other-servers.ts'
import { openOurs } from './our-server.ts'

/** Entry of a server's process: `server-process.ts <contestant> <waiting | paced>`. */
const name = process.argv[2] as ContestantName
const contestant = name === 'ours' ? await openOurs(process.argv[3] === 'paced') : await openOther(name)
let peakBytes = 0

export interface Burst {
  turns: number
  eventsPerTurn: number
  /** Time between turns; 0: one after the other. */
  intervalMs: number
}

export interface BurstCost {
  deliveries: number
  cpuMicros: number
  wallMs: number
  /** `process.hrtime` in milliseconds, for each turn. */
  publishedAt: number[]
}

async function burst({ turns, eventsPerTurn, intervalMs }: Burst): Promise<BurstCost> {
  const publishedAt: number[] = []
  const cpuBefore = process.cpuUsage()
  const startedAt = now()
  for (let turn = 0; turn < turns; turn += 1) {
    const waitMs = startedAt + turn * intervalMs - now()
    if (intervalMs > 0 && waitMs > 0) await delay(waitMs)
    publishedAt.push(now())
    await contestant.publish(eventsPerTurn)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const deliveries = contestant.joinedCount() * turns * eventsPerTurn
  return { deliveries, cpuMicros: user + system, wallMs: now() - startedAt, publishedAt }
}

/** CLOCK_MONOTONIC, which all processes of a machine share. */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}

answerCalls({
  port: () => contestant.port,
  joined: () => contestant.joinedCount(),
  burst,
  memory() {
    globalThis.gc?.()
    return process.memoryUsage()
  },
  watchMemory() {
    setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
    }, 100)
  },
  peakMemory: () => Math.max(peakBytes, process.memoryUsage.rss()),
})
