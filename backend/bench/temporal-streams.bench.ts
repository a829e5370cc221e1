/**
 * The same workflow's text, read while it is written: by Temporal Workflow Streams, each passage flushed at
 * once and polled without a pause or with the library's, and by ours, each passage stored before it is shown. One Temporal server, in turns.
 * Repeat with: npm run bench -- temporal-streams [--quick] [--write]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installRuntime } from '@millrace/temporal/worker/install-runtime'
import { Worker } from '@temporalio/worker'
import { connectTemporal } from '../src/temporal/connect.ts'
import { DevServer } from '../src/temporal/dev-server.ts'
import { silentLogger as logger } from '../test/support/silent-logger.ts'
import { openAppendWorld } from './append/append-world.ts'
import { followOurs, followStreams } from './streams/subscribers.ts'
import { createWriteText, type Way } from './streams/write-text.ts'
import {
  machineLine,
  median,
  medianRatio,
  print,
  quantile,
  table,
  withSpread,
  writeFigures,
} from './support/figures.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
})
const rounds = values.quick ? 2 : 5
const passageCount = values.quick ? 40 : 100
const subscriberCounts = [1, 50]
const ways: Way[] = ['eager-streams', 'streams', 'ours']
const shownAs: Record<Way, string> = {
  'eager-streams': 'Workflow Streams, poll cooldown 1 ms',
  streams: 'Workflow Streams, its own cooldown of 100 ms',
  ours: 'ours',
}
const taskQueue = 'streams'
/** For what is still on its way when the workflow has ended. */
const lateMs = 5000

interface Figures {
  p50: number
  p99: number
  undelivered: number
  errors: string[]
}

installRuntime(logger)
const dataDir = await mkdtemp(join(tmpdir(), 'millrace-streams-'))
const server = await DevServer.start({ binary: process.env.MILLRACE_TEMPORAL_BIN ?? '', dataDir, logger })
const temporal = await connectTemporal(server)
const world = await openAppendWorld('pglite')
const publishedAt: number[] = []
const worker = await Worker.create({
  connection: temporal.native,
  namespace: temporal.namespace,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./streams/stream-workflow.ts', import.meta.url)),
  activities: { writeText: createWriteText(world, passageCount, publishedAt) },
})
const running = worker.run()

async function measure(way: Way, count: number, round: number): Promise<Figures> {
  const id = `${way}-${count}-${round}`
  publishedAt.length = 0
  const following = { id, count, passageCount, publishedAt }
  if (way === 'ours') await world.createExecution(id)
  const ours = way === 'ours' ? await followOurs(world.url, following) : null
  const handle = await temporal.client.workflow.start('streamText', { workflowId: id, taskQueue, args: [way, id] })
  const subscribers = ours ?? followStreams(temporal.client, way === 'eager-streams', following)
  await handle.result()
  await Promise.race([subscribers.done, delay(lateMs)])
  subscribers.close()
  const { latencies, errors } = subscribers
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    undelivered: 1 - latencies.length / (count * passageCount),
    errors,
  }
}

try {
  print(machineLine())
  const rows: string[][] = []
  for (const count of subscriberCounts) {
    const figures: Record<Way, Figures[]> = { 'eager-streams': [], streams: [], ours: [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways) figures[way].push(await measure(way, count, round))
    }
    const of = (way: Way, field: 'p50' | 'p99' | 'undelivered') => figures[way].map((one) => one[field])
    for (const way of ways) {
      rows.push([
        shownAs[way],
        String(count),
        withSpread(of(way, 'p50'), 1),
        withSpread(of(way, 'p99'), 1),
        `${(median(of(way, 'undelivered')) * 100).toFixed(1)} %`,
        way === 'ours' ? '' : `${medianRatio(of(way, 'p50'), of('ours', 'p50')).toFixed(0)} ×`,
      ])
      const errors = new Set(figures[way].flatMap((one) => one.errors))
      if (errors.size > 0) print(`${way}, ${count}: ${[...errors].slice(0, 3).join('; ')}`)
    }
  }
  const header = ['way', 'subscribers', 'p50 ms', 'p99 ms', 'undelivered at the end', '× the p50 of ours']
  const text = `A workflow’s activity writes ${passageCount} passages, 20 per second; ${rounds} rounds in turns on one Temporal server. Workflow Streams 1.23.0 with \`forceFlush\` for each passage (by default 2 s pass), on SDK 1.24.0; ours with every passage stored in PGlite first.\n\n${table(header, rows)}`
  print(text)
  if (values.write) await writeFigures('temporal-streams', text)
} finally {
  worker.shutdown()
  await running
  await world.close()
  await temporal.native.close()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
}
