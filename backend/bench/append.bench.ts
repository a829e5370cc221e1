/**
 * Milliseconds from giving an event to the emitter until a client in a process of its own holds it, and what
 * holds it up: PGlite and Postgres, steady rates.
 * Repeat with: npm run bench -- append [--seconds <n>] [--rate <n>] [--database pglite|postgres] [--write]
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type DatabaseKind, openAppendWorld } from './append/append-world.ts'
import { type AppendFigures, measureAppend } from './append/measure-append.ts'
import { BenchProcess } from './support/bench-process.ts'
import { machineLine, print, table, writeFigures } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string' },
    database: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const rates = values.rate === undefined ? [500, 1000, 2000] : [Number(values.rate)]
const kinds = (['pglite', 'postgres'] as const).filter(
  (kind) => values.database === undefined || kind === values.database,
)
const warmUp = { rate: 300, seconds: 3 }

async function measureOn(kind: DatabaseKind): Promise<string[][]> {
  const world = await openAppendWorld(kind)
  const client = new BenchProcess('../append/client-process.ts', [], 1)
  try {
    await measureAppend({ world, client }, warmUp)
    await client.call('leave')
    const rows: string[][] = []
    for (const rate of rates) {
      const figures = await measureAppend({ world, client }, { rate, seconds })
      await client.call('leave')
      rows.push(rowOf(kind, rate, figures))
      print(rows.at(-1)?.join(' | ') ?? '')
    }
    if (kind === 'pglite') print(`write-ahead log of PGlite: ${await walMegabytes(world.test.dataDir)} MB`)
    return rows
  } finally {
    await client.end()
    await world.close()
  }
}

function rowOf(kind: string, rate: number, figures: AppendFigures): string[] {
  const { latency, loop, deliveredCount, stallCount, gcMax, batchMax, draftsPerBatch } = figures
  const ms = (value: number) => value.toFixed(1)
  return [
    kind,
    String(rate),
    ...[latency.p50, latency.p99, latency.p999, latency.max].map(ms),
    String(stallCount),
    `${ms(loop.p99)}, ${ms(loop.max)}`,
    `${ms(batchMax)}, ${ms(gcMax)}`,
    draftsPerBatch.toFixed(1),
    `${deliveredCount} of ${rate * seconds}`,
  ]
}

async function walMegabytes(dataDir: string): Promise<number> {
  const folder = join(dataDir, 'postgres', 'pg_wal')
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20)
}

const header = [
  'database',
  'events/s',
  'p50 ms',
  'p99',
  'p99.9',
  'max',
  'stalls > 250 ms',
  'loop delay p99, max ms',
  'longest append, GC ms',
  'events per append',
  'delivered',
]
print(machineLine())
print(header.join(' | '))
const rows: string[][] = []
for (const kind of kinds) rows.push(...(await measureOn(kind)))
const text = `One viewer in a process of its own, ${seconds} s at each rate, passages of about 270 bytes.\n\n${table(header, rows)}`
print(`\n${text}`)
if (values.write) await writeFigures('append', text)
