import { table, withSpread } from '../support/figures.ts'
import type { ContestantName } from './contestant.ts'
import { fill, startReaders, startServer } from './room.ts'

const names: ContestantName[] = ['raw', 'ours', 'socket.io']
const shownAs: Partial<Record<ContestantName, string>> = { raw: 'ws, in two lists' }

/** Opened first, so that code, shapes and pools are there. */
const warmUpCount = 200

/** F7: what a client costs that has signed in, follows two executions, and hears nothing. */
export async function measureIdleMemory({ clientCount, rounds }: Record<'clientCount' | 'rounds', number>) {
  const costs = new Map<ContestantName, Cost[]>(names.map((name) => [name, []]))
  for (let count = 0; count < rounds; count += 1) {
    for (const name of names) costs.get(name)?.push(await measure(name, clientCount))
  }
  const column = (name: ContestantName, kind: keyof Cost) =>
    withSpread(
      (costs.get(name) ?? []).map((cost) => cost[kind] / 1000),
      1,
    )
  const rows = names.map((name) => [shownAs[name] ?? name, column(name, 'resident'), column(name, 'inUse')])
  return `Memory of the server's process per client, resident and in use (objects and buffers that are alive), ${clientCount} clients that are users of their own with 2 subscriptions each, after a collection of garbage; ${rounds} rounds, a new process each.\n\n${table(['way', 'resident kB per client', 'in use kB'], rows)}`
}

/** Bytes per client. */
interface Cost {
  resident: number
  inUse: number
}

async function measure(name: ContestantName, clientCount: number): Promise<Cost> {
  const [server, readers] = [startServer(name), startReaders()]
  try {
    const join = (group: string, count: number) =>
      fill({ server, readers }, { group, server: name, count, rooms: ['bench', 'second'], areDistinct: true })
    await join('warm-up', warmUpCount)
    const before = await memoryOf(server)
    await join('counted', clientCount)
    const after = await memoryOf(server)
    return {
      resident: (after.resident - before.resident) / clientCount,
      inUse: (after.inUse - before.inUse) / clientCount,
    }
  } finally {
    await Promise.all([server.end(), readers.end()])
  }
}

async function memoryOf(server: ReturnType<typeof startServer>): Promise<Cost> {
  const { rss, heapUsed, external } = await server.call<NodeJS.MemoryUsage>('memory')
  return { resident: rss, inUse: heapUsed + external }
}
