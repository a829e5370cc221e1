import type { Host } from './host.ts'

export function printLines({ stdout }: Pick<Host, 'stdout'>, lines: string[]): void {
  if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
}

/** One JSON value per line. */
export function printJson(host: Pick<Host, 'stdout'>, values: readonly unknown[]): void {
  printLines(
    host,
    values.map((value) => JSON.stringify(value)),
  )
}
