import { cpus, totalmem } from 'node:os'
import { anomalyNames } from '../test/support/checker/anomaly.ts'
import type { Verdict } from '../test/support/checker/check-delivery.ts'

export interface TortureReport {
  seed: number
  command: string
  faultMs: number
  /** Rows of the table, in order. */
  rows: [what: string, count: string][]
  verdict: Verdict
  problems: string[]
  /** Kept because something was wrong: the end of each process's output. */
  outputs: string[]
}

export function isClean({ verdict, problems }: TortureReport): boolean {
  return verdict.anomalies.length === 0 && problems.length === 0
}

export function tableOf(report: TortureReport): string {
  const { verdict, problems, rows } = report
  const anomalies = anomalyNames.map((name): [string, string] => [
    `anomaly: ${name}`,
    String(verdict.counts[name] ?? 0),
  ])
  const all: [string, string][] = [...rows, ['other problems', String(problems.length)], ...anomalies]
  return ['| what | count |', '| --- | ---: |', ...all.map(([what, value]) => `| ${what} | ${value} |`)].join('\n')
}

/** The page of the last long run. */
export function pageOf(report: TortureReport): string {
  return `# Torture

\`npm run torture\` starts an installation of two API processes and two workers over Postgres, Redis and Temporal, each a
process of its own, lets runs stream, fail, ask and go round, and has them watched by many clients of the product's own
kind while faults are made: processes killed, stopped and restarted, Redis, Postgres and Temporal away, networks that
cut, stall, swallow and crawl, forged and expired tokens, malformed and excessive input, and people of another workspace
who guess. Afterwards a checker compares every frame that every client saw, and everything its application was told,
with the log. It names what is wrong; servers with one rule broken prove that it would
(\`backend/test/delivery/checker-mutations.test.ts\`).

A seed decides which faults come, when, and against whom; how they meet the processes is up to the machine.
\`npm run torture -- --help\` lists the options, \`--fault <name>\` makes one fault alone. A short form runs in \`npm test\`.

Clients that wait for their next try are told to look at once when the faults are over, as a browser does when its
network is back; from then on they have five seconds to be at the head.

## The last long run

Command: \`${report.command}\`, on ${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}.

${tableOf(report)}
`
}
