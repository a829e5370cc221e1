import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'

const page = new URL('../../../docs/benchmarks.md', import.meta.url)

export function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}

/** `share` of 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const ascending = sorted(values)
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Median of the ratios of rounds that ran side by side. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, index) => value / (others[index] ?? Number.NaN)))
}

/** `1.23 (1.10 to 1.40)`: the median and the extremes. */
export function withSpread(values: readonly number[], digits = 2): string {
  const ascending = sorted(values)
  const show = (value: number | undefined) => (value ?? Number.NaN).toFixed(digits)
  return `${show(median(values))} (${show(ascending[0])} to ${show(ascending.at(-1))})`
}

export function machineLine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpus()[0]?.model}, ${memory} GiB, Node ${process.version}`
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/**
 * Puts a benchmark's figures into docs/benchmarks.md, between its two marks; what is outside of them is written
 * by hand.
 */
export async function writeFigures(name: string, text: string): Promise<void> {
  const [open, close] = [`<!-- figures of ${name} -->`, `<!-- end of ${name} -->`]
  const before = await readFile(page, 'utf8')
  const [from, to] = [before.indexOf(open), before.indexOf(close)]
  const day = new Date().toISOString().slice(0, 10)
  const block = `${open}\n${text.trim()}\n\nMeasured on ${day}: ${machineLine()}.\n${close}`
  const after =
    from < 0 || to < from
      ? `${before.trimEnd()}\n\n${block}\n`
      : before.slice(0, from) + block + before.slice(to + close.length)
  await writeFile(page, after)
}
