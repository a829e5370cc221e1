/**
 * What delivery costs and bears, against other ways to send the same. Server and clients are processes of their
 * own, on a core each where there are two.
 * Repeat with: npm run bench -- delivery [--part <name>] [--ways raw,ours] [--quick] [--write]
 */
import { parseArgs } from 'node:util'
import type { ContestantName } from './delivery/contestant.ts'
import { fanOutWays, measureFanOut } from './delivery/fan-out.ts'
import { measureIdleMemory } from './delivery/idle-memory.ts'
import { measureOneStream } from './delivery/one-stream.ts'
import { measurePausedClients } from './delivery/paused-clients.ts'
import { measureReturningClients } from './delivery/returning-clients.ts'
import { measureTokenBytes } from './delivery/token-bytes.ts'
import { canPin } from './support/bench-process.ts'
import { machineLine, print, writeFigures } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    ways: { type: 'string', default: fanOutWays.join(',') },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const ways = values.ways.split(',') as ContestantName[]

const parts = {
  'fan-out': (quick: boolean) =>
    measureFanOut(quick ? { clientCount: 200, rounds: 2, names: ways } : { clientCount: 1000, rounds: 5, names: ways }),
  'one-stream': (quick: boolean) =>
    measureOneStream(quick ? { clientCount: 200, rounds: 2, turns: 40 } : { clientCount: 1000, rounds: 5, turns: 100 }),
  'idle-memory': (quick: boolean) =>
    measureIdleMemory(quick ? { clientCount: 500, rounds: 1 } : { clientCount: 2000, rounds: 3 }),
  'paused-clients': (quick: boolean) =>
    measurePausedClients(
      quick
        ? { pausedCount: 100, eventCount: 16_000, comparedPausedCount: 20, comparedEventCount: 24_000 }
        : { pausedCount: 500, eventCount: 100_000, comparedPausedCount: 50, comparedEventCount: 40_000 },
    ),
  'returning-clients': (quick: boolean) =>
    measureReturningClients({
      clientCount: quick ? 200 : 1000,
      executionCount: 20,
      missedCount: 300,
      rounds: quick ? 1 : 5,
    }),
  'token-bytes': measureTokenBytes,
}

const names = Object.keys(parts).filter(
  (name) => values.part === undefined || name === values.part,
) as (keyof typeof parts)[]
if (names.length === 0) throw new Error(`no such part; there are: ${Object.keys(parts).join(', ')}`)

print(`${machineLine()}; ${canPin ? 'server on one core, clients on the other' : 'server and clients share the cores'}`)
for (const name of names) {
  const startedAt = performance.now()
  print(`\n## ${name}`)
  const text = await parts[name](values.quick)
  print(`${text}\n(${((performance.now() - startedAt) / 1000).toFixed(0)} s)`)
  if (values.write) await writeFigures(`delivery ${name}`, text)
}
