import { medianRatio, table, withSpread } from '../support/figures.ts'
import type { ContestantName } from './contestant.ts'
import { openRoom, type Room, startReaders } from './room.ts'
import type { BurstCost } from './server-process.ts'

export const fanOutWays: ContestantName[] = ['raw', 'ours', 'ws-buffer', 'ws-naive', 'socket.io']

/** Turns between two pauses in which the readers catch up: a few kilobytes per socket, far below what one may hold. */
const turnsPerBurst = 10
const warmUpBursts = 10

const shapes = [
  { eventsPerTurn: 1, burstsPerRound: 15 },
  { eventsPerTurn: 8, burstsPerRound: 6 },
]

interface Sample {
  microsPerDelivery: number
  deliveriesPerSecond: number
}

export interface FanOutOptions {
  clientCount: number
  rounds: number
  /** `raw` is among them: it is what all are compared with. */
  names: readonly ContestantName[]
}

/** F1, F2, F3: what a delivery costs the server's core, in the ways to send it, in turns. */
export async function measureFanOut({ clientCount, rounds, names }: FanOutOptions): Promise<string> {
  const readers = startReaders()
  const rooms: Room[] = []
  try {
    for (const name of names) rooms.push(await openRoom(name, readers, clientCount))
    const parts: string[] = []
    for (const shape of shapes) {
      const samples = new Map<ContestantName, Sample[]>(names.map((name) => [name, []]))
      for (const room of rooms) await round(room, { ...shape, burstsPerRound: warmUpBursts })
      for (let count = 0; count < rounds; count += 1) {
        for (const room of rooms) samples.get(room.name)?.push(await round(room, shape))
      }
      parts.push(show(shape.eventsPerTurn, samples))
    }
    return `${clientCount} subscribers of one execution, events of 200 bytes, ${rounds} rounds in turns; medians (least to most).\n\n${parts.join('\n\n')}`
  } finally {
    await Promise.all([readers, ...rooms.map(({ server }) => server)].map((one) => one.end()))
  }
}

async function round(room: Room, shape: (typeof shapes)[number]): Promise<Sample> {
  const total = { deliveries: 0, cpuMicros: 0, wallMs: 0 }
  for (let count = 0; count < shape.burstsPerRound; count += 1) {
    const cost: BurstCost = await room.burst({
      turns: turnsPerBurst,
      eventsPerTurn: shape.eventsPerTurn,
      intervalMs: 0,
    })
    total.deliveries += cost.deliveries
    total.cpuMicros += cost.cpuMicros
    total.wallMs += cost.wallMs
  }
  return {
    microsPerDelivery: total.cpuMicros / total.deliveries,
    deliveriesPerSecond: (total.deliveries / total.wallMs) * 1000,
  }
}

function show(eventsPerTurn: number, samples: ReadonlyMap<ContestantName, Sample[]>): string {
  const micros = (name: ContestantName) => (samples.get(name) ?? []).map((sample) => sample.microsPerDelivery)
  const rows = [...samples.keys()].map((name) => [
    name,
    withSpread(micros(name)),
    medianRatio(micros(name), micros('raw')).toFixed(2),
    medianRatio(micros('ours'), micros(name)).toFixed(2),
    withSpread(
      (samples.get(name) ?? []).map((sample) => sample.deliveriesPerSecond / 1000),
      0,
    ),
  ])
  const shape = eventsPerTurn === 1 ? 'One event per turn' : `${eventsPerTurn} events per turn`
  return `${shape}:\n\n${table(['way', 'µs CPU per delivery', '× raw', 'ours ÷ it', 'thousand deliveries/s'], rows)}`
}
