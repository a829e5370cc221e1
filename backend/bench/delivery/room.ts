import { BenchProcess } from '../support/bench-process.ts'
import { type ContestantName, executionId } from './contestant.ts'
import type { Joining } from './reader-process.ts'
import type { Burst, BurstCost } from './server-process.ts'

const serverCore = 0
const readerCore = 1

/** Milliseconds from publishing to arrival, over all clients and events. */
export interface Timing {
  p50: number
  p99: number
  max: number
}

/** A contestant's server with a room full of clients. */
export interface Room {
  name: ContestantName
  server: BenchProcess
  /** Publishes, and waits until everybody has everything; throws when somebody has not. */
  burst(burst: Burst): Promise<BurstCost>
  timedBurst(burst: Burst): Promise<Timing>
}

/** The clients of all rooms. */
export function startReaders(): BenchProcess {
  return new BenchProcess('../delivery/reader-process.ts', [], readerCore)
}

/** `mode`: `paced` does not wait for the writes to clients. */
export function startServer(name: ContestantName, mode: 'waiting' | 'paced' = 'waiting'): BenchProcess {
  return new BenchProcess('../delivery/server-process.ts', [name, mode], serverCore)
}

/** Lets clients join one after the other; resolves when the server knows them all. */
export async function fill(
  { server, readers }: { server: BenchProcess; readers: BenchProcess },
  joining: Omit<Joining, 'port' | 'rooms'> & { rooms?: string[] },
): Promise<void> {
  const before = await server.call<number>('joined')
  const port = await server.call<number>('port')
  await readers.call('join', { rooms: [executionId], ...joining, port } satisfies Joining)
  while ((await server.call<number>('joined')) < before + joining.count) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await readers.call('settle', joining.group)
}

export async function openRoom(name: ContestantName, readers: BenchProcess, clientCount: number): Promise<Room> {
  const server = startServer(name)
  await fill({ server, readers }, { group: name, server: name, count: clientCount })
  const settle = async () => {
    const { least, most } = await readers.call<{ least: number; most: number }>('settle', name)
    if (least !== most || least === 0) throw new Error(`${name}: readers got from ${least} to ${most} bytes`)
    return least
  }
  return {
    name,
    server,
    async burst(burst) {
      const cost = await server.call<BurstCost>('burst', burst)
      await settle()
      return cost
    },
    async timedBurst(burst) {
      await readers.call('startTiming', name)
      const { publishedAt } = await server.call<BurstCost>('burst', burst)
      const turnBytes = (await settle()) / burst.turns
      return readers.call<Timing>('endTiming', { group: name, publishedAt, turnBytes })
    },
  }
}
