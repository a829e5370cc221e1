/** One run of the torture, as scripts/torture.mjs starts it. Exit code 1: something was wrong. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runTorture } from './run-torture.ts'
import { fullTorture, shortTorture } from './torture-options.ts'
import { isClean, pageOf, tableOf } from './torture-report.ts'

const page = fileURLToPath(new URL('../../docs/torture.md', import.meta.url))
const linesMax = 100

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    clients: { type: 'string' },
    executions: { type: 'string' },
    fault: { type: 'string' },
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const startedAt = Date.now()
const print = (line: string) => process.stdout.write(`${line}\n`)
const printTimed = (line: string) =>
  print(`${String(Math.round((Date.now() - startedAt) / 1000)).padStart(5)} s  ${line}`)
const base = values.short ? shortTorture : fullTorture
const seed = Number(values.seed ?? Date.now() % 1_000_000)
print(`seed ${seed}`)
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM']) {
  // The library of the test's Postgres would end this process before the other servers are.
  process.removeAllListeners(name)
  process.once(name, () => stop.abort(new Error('interrupted')))
}
const report = await runTorture({
  ...base,
  seed,
  durationMs: values.minutes === undefined ? base.durationMs : Number(values.minutes) * 60_000,
  clientCount: Number(values.clients ?? base.clientCount),
  executionCount: Number(values.executions ?? base.executionCount),
  fault: values.fault ?? null,
  print: printTimed,
  signal: stop.signal,
}).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error
  print('interrupted; everything that was started has been ended')
  process.exit(130)
})
const given = Object.entries({ ...values, seed }).filter(
  ([name, value]) => name !== 'write' && value !== false && value !== undefined,
)
report.command = `npm run torture -- ${given.map(([name, value]) => (value === true ? `--${name}` : `--${name} ${value}`)).join(' ')}`
print(tableOf(report))
for (const line of [...report.problems, ...report.verdict.lines].slice(0, linesMax)) print(line)
for (const output of report.outputs) print(`\n--- output of a process\n${output}`)
if (values.write) await writeFile(page, pageOf(report))
process.exitCode = isClean(report) ? 0 : 1
