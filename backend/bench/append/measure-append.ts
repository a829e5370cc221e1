import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { BenchProcess } from '../support/bench-process.ts'
import { quantile } from '../support/figures.ts'
import type { AppendWorld } from './append-world.ts'

/** A passage that takes longer is one that somebody notices, milliseconds. */
const stallMs = 250

/** Longest wait for what was sent last. */
const drainMs = 30_000

export interface AppendFigures {
  latency: { p50: number; p99: number; p999: number; max: number }
  deliveredCount: number
  /** Times at which passages began to take longer than `stallMs`. */
  stallCount: number
  loop: { p99: number; max: number }
  /** Longest pause for garbage in the main thread, and longest transaction, milliseconds. */
  gcMax: number
  batchMax: number
  draftsPerBatch: number
}

/** From the emitter's being given a passage to the client's having it, at a steady rate. */
export async function measureAppend(
  { world, client }: { world: AppendWorld; client: BenchProcess },
  { rate, seconds }: { rate: number; seconds: number },
): Promise<AppendFigures> {
  const executionId = `bench-${rate}-${Date.now()}`
  await world.createExecution(executionId)
  await client.call('follow', { url: world.url, executionId })
  const loopDelay = monitorEventLoopDelay({ resolution: 2 })
  loopDelay.enable()
  let gcMax = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMax = Math.max(gcMax, duration)
  })
  observer.observe({ entryTypes: ['gc'] })
  const batches: { count: number; ms: number }[] = []
  const stop = world.onBatch(({ draftCount, durationMs }) => batches.push({ count: draftCount, ms: durationMs }))

  const sentAt = await send(world, executionId, { rate, count: rate * seconds })
  const until = Date.now() + drainMs
  while ((await client.call<number>('count')) < sentAt.length && Date.now() < until) await delay(20)
  stop()
  observer.disconnect()
  loopDelay.disable()
  const arrivals = await client.call<number[]>('arrivals')
  const latencies = sentAt.flatMap((at, offset) => {
    const arrivedAt = arrivals[offset]
    return arrivedAt === undefined ? [] : [arrivedAt - at]
  })
  return {
    latency: {
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      p999: quantile(latencies, 0.999),
      max: quantile(latencies, 1),
    },
    deliveredCount: latencies.length,
    stallCount: latencies.filter((ms, index) => ms > stallMs && (latencies[index - 1] ?? 0) <= stallMs).length,
    loop: { p99: loopDelay.percentile(99) / 1e6, max: loopDelay.max / 1e6 },
    gcMax,
    batchMax: Math.max(...batches.map(({ ms }) => ms)),
    draftsPerBatch: batches.reduce((sum, { count }) => sum + count, 0) / batches.length,
  }
}

/** Emits at a steady rate without waiting for the appends; when each was given to the emitter. */
async function send(world: AppendWorld, executionId: string, { rate, count }: { rate: number; count: number }) {
  const sentAt: number[] = []
  const appends: Promise<unknown>[] = []
  const began = now()
  while (sentAt.length < count) {
    const due = Math.min(count, Math.floor(((now() - began) * rate) / 1000) + 1)
    for (let offset = sentAt.length; offset < due; offset += 1) {
      sentAt.push(now())
      appends.push(world.emit(executionId, offset))
    }
    await delay(1)
  }
  await Promise.all(appends)
  return sentAt
}

function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
