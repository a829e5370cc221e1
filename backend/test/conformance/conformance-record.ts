import { readFile, writeFile } from 'node:fs/promises'
import { expect, type RunnerTask } from 'vitest'
import { notApplicable } from './not-applicable.ts'

const file = new URL('../../../docs/conformance.md', import.meta.url)

interface Outcome {
  /** Titles from the outermost section to the test. */
  path: string[]
  state: 'pass' | 'fail' | 'skip'
}

/** Checks what the suite left out against the list, and its counts against docs/conformance.md. */
export async function checkRecord(tasks: readonly RunnerTask[]): Promise<void> {
  const outcomes = tasks.flatMap((task) => outcomesOf(task, []))
  const skipped = outcomes.filter(({ state }) => state === 'skip').map(({ path }) => path.join(' > '))
  expect(skipped.toSorted(), 'what is not run is listed, and what is listed is not run').toEqual(
    Object.keys(notApplicable).toSorted(),
  )
  // A failed test says more than a table that does not fit.
  if (outcomes.some(({ state }) => state === 'fail')) return
  const text = await readFile(file, 'utf8')
  const generated = fill(fill(text, 'sections', sectionsTable(outcomes)), 'left-out', leftOutTable())
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, generated)
  else expect(text, 'run it again with UPDATE_DOCS=1').toBe(generated)
}

function outcomesOf(task: RunnerTask, above: readonly string[]): Outcome[] {
  const path = [...above, task.name]
  if (task.type === 'suite') return task.tasks.flatMap((one) => outcomesOf(one, path))
  const isSkipped = task.mode === 'skip' || task.result?.state === 'skip'
  const hasPassed = task.result?.state === 'pass'
  return [{ path, state: isSkipped ? 'skip' : hasPassed ? 'pass' : 'fail' }]
}

function sectionsTable(outcomes: readonly Outcome[]): string {
  const sections = Map.groupBy(outcomes, ({ path }) => path[0] ?? '')
  const rows = [...sections].map(([name, own]) => rowOf(name, own))
  return [
    '| Section | passed | failed | left out |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    rowOf('**All**', outcomes),
  ].join('\n')
}

function rowOf(name: string, outcomes: readonly Outcome[]): string {
  const count = (wanted: Outcome['state']) => outcomes.filter(({ state }) => state === wanted).length
  return `| ${name} | ${count('pass')} | ${count('fail')} | ${count('skip')} |`
}

function leftOutTable(): string {
  const rows = Object.entries(notApplicable).map(([name, reason]) => `| ${name} | ${reason} |`)
  return ['| Test | Why |', '| --- | --- |', ...rows].join('\n')
}

function fill(text: string, name: string, content: string): string {
  const place = new RegExp(`(<!-- generated:${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
  if (!place.test(text)) throw new Error(`docs/conformance.md has no place for ${name}`)
  return text.replace(place, (_all, start: string, end: string) => `${start}${content}\n${end}`)
}
