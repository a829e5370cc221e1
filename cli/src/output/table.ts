import { oneLine } from './printable.ts'

/** Longest cell, in characters; a longer one is cut. */
const cellMax = 60

/** Rows with their columns below each other, the header first. Cells are cleaned of control characters. */
export function table(header: string[], rows: string[][]): string[] {
  const cut = (cell: string) => (cell.length > cellMax ? `${cell.slice(0, cellMax - 1)}…` : cell)
  const clean = [header, ...rows].map((row) => row.map((cell) => cut(oneLine(cell))))
  const widths = header.map((_, column) => Math.max(...clean.map((row) => row[column]?.length ?? 0)))
  return clean.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
