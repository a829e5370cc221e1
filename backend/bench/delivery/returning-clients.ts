import { BenchProcess } from '../support/bench-process.ts'
import { table, withSpread } from '../support/figures.ts'
import { startReaders } from './room.ts'

interface Result {
  head: number
  read: number
  loopP99: number
  loopMax: number
}

interface Round extends Result {
  medianMs: number
  lastMs: number
}

export type ReturningOptions = Record<'clientCount' | 'executionCount' | 'missedCount' | 'rounds', number>

/** F9: a process has just begun, and everybody comes back at the same moment. */
export async function measureReturningClients(options: ReturningOptions): Promise<string> {
  const { clientCount, executionCount, missedCount, rounds } = options
  const measured: Round[] = []
  for (let count = 0; count < rounds; count += 1) measured.push(await round(options))
  const of = (field: keyof Round, digits: number) =>
    withSpread(
      measured.map((one) => one[field]),
      digits,
    )
  return `${clientCount} clients of ${executionCount} executions connect at once to a process that has just begun, each with ${missedCount} events missed; PGlite, ${rounds} rounds, a new process each.\n\n${table(
    ['', 'aim', 'measured'],
    [
      ['all live again, from the first connect, ms', '≤ 3000', of('lastMs', 0)],
      ['half of them, ms', '', of('medianMs', 0)],
      [
        'pages read from the log (one by one there would be 2 for each client)',
        `≤ ${2 * executionCount}`,
        of('read', 0),
      ],
      ['delay of the event loop p99, ms', '≤ 50', of('loopP99', 1)],
      ['delay of the event loop at most, ms', '', of('loopMax', 1)],
    ],
  )}`
}

async function round({ clientCount, executionCount, missedCount }: ReturningOptions): Promise<Round> {
  const server = new BenchProcess('../delivery/returning-server.ts', [], 0)
  const readers = startReaders()
  try {
    const executionIds = Array.from({ length: executionCount }, (_, index) => `run-${index}`)
    const seenCount = 10
    await server.call('store', { executionIds, eventCount: seenCount + missedCount })
    const port = await server.call<number>('port')
    const liveAfter = await readers.call<number[]>('return', { port, clientCount, executionIds, since: seenCount })
    const ascending = liveAfter.toSorted((a, b) => a - b)
    return {
      ...(await server.call<Result>('result')),
      medianMs: ascending[clientCount >> 1] ?? Number.NaN,
      lastMs: ascending.at(-1) ?? Number.NaN,
    }
  } finally {
    await server.call('end').catch(() => undefined)
    await Promise.all([server.end(), readers.end()])
  }
}
