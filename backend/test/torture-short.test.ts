import { expect, it } from 'vitest'
import { runTorture } from '../torture/run-torture.ts'
import { shortTorture } from '../torture/torture-options.ts'
import { redisBinary } from './support/test-redis.ts'

/** Less than a minute on a quiet machine; starts and ends of servers take several times as long on a busy one. */
const testTimeoutMs = 300_000
const notTested = redisBinary === '' ? ' (Redis NOT TESTED: there is no server here)' : ''

/** One seed for every run of the tests; `npm run torture` tries others. */
it(
  `breaks no promise while processes, networks and people misbehave${notTested}`,
  async () => {
    const said: string[] = []
    const report = await runTorture({ ...shortTorture, seed: 4, fault: null, print: (line) => said.push(line) })
    expect([...report.problems, ...report.verdict.lines], report.outputs.join('\n')).toEqual([])
    const counts = Object.fromEntries(report.rows)
    for (const row of [
      'deliveries checked',
      'events told to applications, checked',
      'snapshots, checked',
      'resumes from a cursor',
      'connections cut',
    ]) {
      expect(Number(counts[row]), row).toBeGreaterThan(20)
    }
    expect(said).not.toContainEqual(expect.stringContaining('could not be ended'))
  },
  testTimeoutMs,
)
