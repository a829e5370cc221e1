import { medianRatio, table, withSpread } from '../support/figures.ts'
import type { ContestantName } from './contestant.ts'
import { openRoom, type Room, startReaders, type Timing } from './room.ts'

const names: ContestantName[] = ['raw', 'ours', 'socket.io']
const intervalMs = 50

/** F6: everybody follows one stream of 20 events per second; the last of them waits for the writes to all others. */
export async function measureOneStream({
  clientCount,
  rounds,
  turns,
}: Record<'clientCount' | 'rounds' | 'turns', number>) {
  const readers = startReaders()
  const rooms: Room[] = []
  try {
    for (const name of names) rooms.push(await openRoom(name, readers, clientCount))
    const timings = new Map<ContestantName, Timing[]>(names.map((name) => [name, []]))
    for (const room of rooms) await room.timedBurst({ turns: 20, eventsPerTurn: 1, intervalMs })
    for (let count = 0; count < rounds; count += 1) {
      for (const room of rooms)
        timings.get(room.name)?.push(await room.timedBurst({ turns, eventsPerTurn: 1, intervalMs }))
    }
    const of = (name: ContestantName, field: 'p50' | 'p99') => (timings.get(name) ?? []).map((timing) => timing[field])
    const rows = names.map((name) => [
      name,
      withSpread(of(name, 'p50')),
      withSpread(of(name, 'p99')),
      medianRatio(of(name, 'p99'), of('raw', 'p99')).toFixed(2),
    ])
    return `${clientCount} subscribers of one stream, ${1000 / intervalMs} events/s, ${rounds} rounds of ${turns} events in turns; from publishing to arrival at any of them.\n\n${table(['way', 'p50 ms', 'p99 ms', 'p99 × raw'], rows)}`
  } finally {
    await Promise.all([readers, ...rooms.map(({ server }) => server)].map((one) => one.end()))
  }
}
