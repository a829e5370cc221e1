import { print, table } from '../support/figures.ts'
import type { ContestantName } from './contestant.ts'
import { fill, startReaders, startServer, type Timing } from './room.ts'
import type { Burst, BurstCost } from './server-process.ts'

/** 3,200 events per second. */
const eventsPerTurn = 8
const intervalMs = 2.5
const activeCount = 20
const mb = (bytes: number) => (bytes / 1e6).toFixed(1)

interface Growth {
  /** Bytes above the rest before, at the highest. */
  peak: number
  /** Bytes above it at the end, after a collection of garbage: resident, and of these in use by the heap and outside it. */
  kept: number
  used: number
  /** Bytes of the second half of the events. */
  secondHalf: number
  without: Timing
  with: Timing
}

export interface PausedOptions {
  pausedCount: number
  eventCount: number
  comparedPausedCount: number
  comparedEventCount: number
}

/** F8: clients that have stopped reading, while events come. */
export async function measurePausedClients(options: PausedOptions): Promise<string> {
  const { pausedCount, eventCount, comparedPausedCount, comparedEventCount } = options
  const ours = await measure('ours', pausedCount, eventCount)
  print(`ours: ${JSON.stringify(ours)}`)
  const others: string[][] = []
  for (const name of ['ws-buffer', 'ws-naive'] as const) {
    const { peak, kept, used, secondHalf } = await measure(name, comparedPausedCount, comparedEventCount)
    const perEvent = secondHalf / (comparedPausedCount * (comparedEventCount / 2))
    const scaled = perEvent * pausedCount * eventCount
    others.push([
      name,
      `${comparedPausedCount} paused, ${comparedEventCount} events`,
      mb(used),
      mb(kept),
      mb(peak),
      `${perEvent.toFixed(0)} bytes per queued event, so ${(scaled / 1e9).toFixed(1)} GB for ours’ counts`,
    ])
  }
  const counts = `${pausedCount} paused, ${eventCount} events`
  return `Growth of memory while clients are connected that do not read; nobody is closed for it here. In use and resident: at the end, after a collection of garbage; the engine gives back little of what it once took for garbage. ${activeCount} others read on.\n\n${table(
    ['way', 'counts', 'in use MB', 'resident MB', 'highest MB', ''],
    [
      [
        'ours',
        counts,
        mb(ours.used),
        mb(ours.kept),
        mb(ours.peak),
        `second half of the events: ${mb(ours.secondHalf)} MB`,
      ],
      ...others,
    ],
  )}\n\nThe others of ours, p99 of 3,200 events/s: ${ours.without.p99.toFixed(2)} ms before anybody paused, ${ours.with.p99.toFixed(2)} ms with ${pausedCount} paused (p50 ${ours.without.p50.toFixed(2)} and ${ours.with.p50.toFixed(2)} ms).`
}

const usedBytes = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external

async function measure(name: ContestantName, pausedCount: number, eventCount: number): Promise<Growth> {
  const [server, readers] = [startServer(name, 'paced'), startReaders()]
  const run = async (turns: number) => {
    await readers.call('startTiming', 'active')
    const cost = await server.call<BurstCost>('burst', { turns, eventsPerTurn, intervalMs } satisfies Burst)
    const { least, most } = await readers.call<{ least: number; most: number }>('settle', 'active')
    if (least !== most) throw new Error(`${name}: readers got from ${least} to ${most} bytes`)
    const { publishedAt } = cost
    return readers.call<Timing>('endTiming', { group: 'active', publishedAt, turnBytes: least / turns })
  }
  try {
    await fill({ server, readers }, { group: 'active', server: name, count: activeCount })
    const turns = eventCount / eventsPerTurn
    await run(turns / 10)
    const without = await run(turns / 10)
    await fill({ server, readers }, { group: 'paused', server: name, count: pausedCount })
    await readers.call('pause', 'paused')
    const rest = await server.call<NodeJS.MemoryUsage>('memory')
    await server.call('watchMemory')
    await run(turns / 2)
    const half = (await server.call<NodeJS.MemoryUsage>('memory')).rss
    const timing = await run(turns / 2)
    const end = await server.call<NodeJS.MemoryUsage>('memory')
    const secondHalf = end.rss - half
    const peak = (await server.call<number>('peakMemory')) - rest.rss
    return { peak, kept: end.rss - rest.rss, used: usedBytes(end) - usedBytes(rest), secondHalf, without, with: timing }
  } finally {
    await Promise.all([server.end(), readers.end()])
  }
}
