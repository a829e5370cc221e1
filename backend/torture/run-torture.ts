import { readFile } from 'node:fs/promises'
import { parseChannel } from '@millrace/shared/protocol/channels'
import { checkDelivery, type Verdict } from '../test/support/checker/check-delivery.ts'
import type { WrittenTopic } from '../test/support/checker/known-log.ts'
import { waitUntil } from '../test/support/wait-until.ts'
import { Audience, liveWithinMs } from './audience.ts'
import { makeFaults } from './fault-schedule.ts'
import { Installation } from './installation.ts'
import { pause, type TortureWorld } from './probe-context.ts'
import { SeededRandom } from './seeded-random.ts'
import { createTenants, type Tenant } from './tenants.ts'
import type { TortureOptions } from './torture-options.ts'
import type { TortureReport } from './torture-report.ts'
import { Workload } from './workload.ts'
import { readHeads, readOpenRuns, readWrittenLog } from './written-log.ts'

/** Runs of the other workspace, for canaries. */
const otherRunsMax = 2
/** Runs that were hit end late: a lost attempt is noticed by its heartbeat, and a reconciler looks in intervals. */
const endTimeoutMs = 180_000

/**
 * Tortures an installation of its own, and judges. Throws when it could not be set up, and when it was interrupted; then
 * too nothing is left running.
 */
export async function runTorture(options: TortureOptions): Promise<TortureReport> {
  const installation = new Installation()
  const problems: string[] = []
  try {
    await installation.start()
    options.print('the installation is up')
    return await Promise.race([torture(installation, options, problems), untilAborted(options.signal)])
  } finally {
    for (const failure of await installation.stop()) options.print(`could not be ended: ${String(failure)}`)
  }
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function torture(
  installation: Installation,
  options: TortureOptions,
  problems: string[],
): Promise<TortureReport> {
  const world = await openWorld(installation, options, problems)
  const memory = new MemoryWatch(installation)
  await memory.look()
  const startedAt = Date.now()
  await makeFaults(world, Date.now() + options.durationMs, options.fault)
  const faultMs = Date.now() - startedAt
  options.print('the faults are over')
  for (const workload of world.workloads) workload.windDown()
  problems.push(...installation.died())
  await installation.heal().catch((error: unknown) => problems.push(String(error)))
  const { database } = installation.postgres
  const { audience } = world
  audience.expectLive(await readHeads(database), Date.now() + liveWithinMs)
  await pause(liveWithinMs)
  await untilRunsEnded(world, options)
  const isEverybodyThere = await audience.untilEnded(liveWithinMs * 2)
  if (!isEverybodyThere) audience.expectLive(await readHeads(database), Date.now())
  await Promise.all(world.workloads.map((workload) => workload.stop()))
  await memory.look()
  for (const { client } of audience.viewers) {
    const { status, lastError } = client.socket.state
    if (status !== 'live') problems.push(`${client.journal.name} is ${status}: ${JSON.stringify(lastError)}`)
  }
  audience.finish()
  const written = await readWrittenLog(database)
  const verdict = judge(world, written)
  options.print('judged')
  return {
    seed: options.seed,
    command: '',
    faultMs,
    rows: rowsOf(world, { written, faultMs, options, memory: memory.summary() }),
    verdict,
    problems,
    outputs:
      verdict.anomalies.length + problems.length === 0
        ? []
        : [...installation.apis.map(({ process }) => process), ...installation.workers].map(({ output }) =>
            troublesIn(output()),
          ),
  }
}

async function openWorld(
  installation: Installation,
  options: TortureOptions,
  problems: string[],
): Promise<TortureWorld> {
  const { seed, clientCount, executionCount, isShort, print } = options
  const random = new SeededRandom(seed)
  const tenants = await createTenants(installation, clientCount)
  const audience = new Audience(installation, random)
  audience.open(tenants[0], tenants[1].canary, { clients: clientCount, runs: executionCount })
  const workloadOf = (tenant: Tenant) =>
    new Workload({
      installation,
      tenant,
      random,
      onRun: (run) => {
        if (tenant === tenants[0]) audience.watch(run)
      },
    })
  const workloads = [workloadOf(tenants[0]), workloadOf(tenants[1])] as const
  await workloads[1].start(otherRunsMax, isShort)
  await workloads[0].start(executionCount, isShort)
  const counts = new Map<string, number>()
  return { installation, audience, tenants, workloads, random, isShort, print, sessions: [], problems, counts }
}

async function untilRunsEnded({ installation, problems }: TortureWorld, { print }: TortureOptions): Promise<void> {
  let open: string[] = []
  await waitUntil(
    async () => {
      open = await readOpenRuns(installation.postgres.database)
      return open.length === 0
    },
    { timeoutMs: endTimeoutMs, intervalMs: 250 },
  ).catch(() => problems.push(`runs that did not end: ${open.join(', ')}`))
  print('the runs are over')
}

function judge({ audience, sessions, workloads, tenants }: TortureWorld, written: readonly WrittenTopic[]): Verdict {
  const accepts = parseChannel('executions')?.accepts ?? (() => false)
  return checkDelivery({
    written,
    acknowledged: workloads.flatMap((workload) => [...workload.acknowledged, ...answersOf(workload, written)]),
    sessions: [...audience.viewers.map(({ client }) => client.journal), ...sessions],
    channels: { executions: { topic: `workspace:${tenants[0].workspaceId}`, accepts } },
    mustEnd: workloads.flatMap(({ runs }) => runs.map(({ executionId }) => executionId)),
    due: audience.due,
  })
}

/** Accepted answers by the events that they must have left. */
function answersOf({ answered }: Workload, written: readonly WrittenTopic[]) {
  const byRequest = new Map(
    written.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.type === 'user:input:received' ? [[event.requestId, event.eventId] as const] : [],
      ),
    ),
  )
  return answered.map(({ executionId, requestId }) => ({
    topic: `execution:${executionId}`,
    eventId: byRequest.get(requestId) ?? `the answer to ${requestId}`,
  }))
}

interface RowFacts {
  written: readonly WrittenTopic[]
  faultMs: number
  options: TortureOptions
  memory: string
}

function rowsOf(world: TortureWorld, { written, faultMs, options, memory }: RowFacts): [string, string][] {
  const executions = written.filter(({ topic }) => topic.startsWith('execution:'))
  const counts = world.audience.counts()
  const rows: [string, string | number][] = [
    ['seed', options.seed],
    ['faults were made for', `${Math.round(faultMs / 1000)} s`],
    ['clients', world.audience.viewers.length],
    ['runs', executions.length],
    ['events written', written.reduce((sum, { events }) => sum + events.length, 0)],
    ['deliveries checked', counts.deliveries],
    ['events told to applications, checked', counts.told],
    ['answers accepted', world.workloads.reduce((sum, { answered }) => sum + answered.length, 0)],
    ['connects', counts.connects],
    ['resumes from a cursor', counts.resumes],
    ['resyncs', counts.resyncs],
    ['snapshots, checked', counts.snapshots],
    ['merged events and batches', counts.merged],
    ['gaps that clients repaired', counts.gapsRepaired],
    ['duplicates that clients dropped', counts.duplicatesDropped],
    ['places to be at within 5 s', world.audience.due.length],
    ['resident memory of the API processes, first and last seen', memory],
    ...[...world.counts].toSorted(([a], [b]) => a.localeCompare(b)),
  ]
  return rows.map(([what, value]) => [what, String(value)])
}

/** Resident memory of API processes while they live. */
class MemoryWatch {
  readonly #installation: Installation
  readonly #seen: string[] = []

  constructor(installation: Installation) {
    this.#installation = installation
  }

  async look(): Promise<void> {
    const sizes = await Promise.all(this.#installation.apis.map(({ process }) => residentMegabytes(process.child.pid)))
    this.#seen.push(sizes.join(' + '))
  }

  summary(): string {
    return `${this.#seen[0]} MB, ${this.#seen.at(-1)} MB`
  }
}

async function residentMegabytes(pid: number | undefined): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
  return kilobytes === undefined ? '?' : String(Math.round(Number(kilobytes) / 1024))
}

/** Warnings and errors; whoever reads them wants no list of answered requests. */
function troublesIn(output: string): string {
  return output
    .split('\n')
    .filter((line) => !line.startsWith('{"level":30'))
    .slice(-30)
    .join('\n')
}
