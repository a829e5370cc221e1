import Papa from 'papaparse'

const rowsMax = 200_000

/**
 * Rows as lines that can be read and found: `Article: Oak plank; Price: 49`. A file whose first row does not look
 * like headers gets its cells joined instead.
 */
export function csvLines(text: string): string {
  const { data } = Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    preview: rowsMax,
    delimitersToGuess: [',', ';', '\t', '|'],
  })
  const [first = [], ...rows] = data
  if (rows.length === 0 || !looksLikeHeaders(first))
    return data.map((row) => row.map(oneLine).filter(Boolean).join('; ')).join('\n')
  const headers = first.map((header, index) => oneLine(header) || `Column ${index + 1}`)
  return rows
    .map((row) => lineOf(headers, row))
    .filter(Boolean)
    .join('\n')
}

/** Headers are there, differ from each other, and none is a number. */
function looksLikeHeaders(row: string[]): boolean {
  const cells = row.map(oneLine).filter(Boolean)
  return cells.length > 0 && new Set(cells).size === cells.length && !cells.some((cell) => /^[\d.,%€$-]+$/.test(cell))
}

function lineOf(headers: string[], row: string[]): string {
  return row
    .map((cell, index) => [headers[index] ?? `Column ${index + 1}`, oneLine(cell)])
    .filter(([, cell]) => cell !== '')
    .map(([header, cell]) => `${header}: ${cell}`)
    .join('; ')
}

function oneLine(cell: string): string {
  return cell.replace(/\s+/g, ' ').trim()
}
