import { table, withSpread } from '../support/figures.ts'
import type { ContestantName } from './contestant.ts'
import { fill, startReaders, startServer } from './room.ts'

const names: ContestantName[] = ['raw', 'ours', 'socket.io']
const shownAs: Partial<Record<ContestantName, string>> = { raw: 'ws, in two lists' }

/** Opened first, so that code, shapes and pools are there. */
const warmUpCount = 200

/** F7: what a client costs that has signed in, follows two executions, and hears nothing. */
export async function measureIdleMemory({ clientCount, rounds }: Record<'clientCount' | 'rounds', number>) {
  const bytes = new Map<ContestantName, number[]>(names.map((name) => [name, []]))
  for (let count = 0; count < rounds; count += 1) {
    for (const name of names) bytes.get(name)?.push(await measure(name, clientCount))
  }
  const rows = names.map((name) => [
    shownAs[name] ?? name,
    withSpread(
      (bytes.get(name) ?? []).map((one) => one / 1000),
      1,
    ),
  ])
  return `Resident memory of the server's process per client, ${clientCount} clients that are users of their own with 2 subscriptions each, after a collection of garbage; ${rounds} rounds, a new process each.\n\n${table(['way', 'kB per client'], rows)}`
}

async function measure(name: ContestantName, clientCount: number): Promise<number> {
  const [server, readers] = [startServer(name), startReaders()]
  try {
    const join = (group: string, count: number) =>
      fill({ server, readers }, { group, server: name, count, rooms: ['bench', 'second'], areDistinct: true })
    await join('warm-up', warmUpCount)
    const before = await residentBytes(server)
    await join('counted', clientCount)
    return ((await residentBytes(server)) - before) / clientCount
  } finally {
    await Promise.all([server.end(), readers.end()])
  }
}

async function residentBytes(server: ReturnType<typeof startServer>): Promise<number> {
  return (await server.call<NodeJS.MemoryUsage>('memory')).rss
}
