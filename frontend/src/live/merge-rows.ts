import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { Page } from '@millrace/shared/api/page'
import { isFinished } from '@millrace/shared/engine/execution-view'

/** What a list of runs shows; one status, or several with commas. */
export interface RunListFilter {
  workflowId?: string
  status?: string
}

/**
 * Pages of a list with the runs as they are now: rows move, come and go as the filter wants. Rows beyond what was
 * read stay with the pages that are not read yet. The same array when nothing changes.
 */
export function mergeRows(
  pages: readonly Page<ExecutionSummary>[],
  live: readonly ExecutionSummary[],
  filter: RunListFilter,
): readonly Page<ExecutionSummary>[] {
  const shown = pages.flatMap(({ items }) => items)
  const isFitting = (row: ExecutionSummary) =>
    (filter.workflowId === undefined || row.workflowId === filter.workflowId) &&
    (filter.status === undefined || filter.status.split(',').includes(row.status))
  const oldest = shown.at(-1)
  const isWithin = (row: ExecutionSummary) =>
    pages.at(-1)?.nextCursor === undefined || (oldest !== undefined && compareRows(row, oldest) <= 0)
  const rows = new Map(shown.map((row) => [row.executionId, row]))
  for (const row of live) {
    const known = rows.get(row.executionId)
    if (known === undefined ? isFitting(row) && isWithin(row) : isNews(known, row)) rows.set(row.executionId, row)
  }
  const merged = [...rows.values()].filter(isFitting).toSorted(compareRows)
  if (merged.length === shown.length && merged.every((row, index) => row === shown[index])) return pages
  let from = 0
  return pages.map((page, index) => {
    const to = index === pages.length - 1 ? merged.length : from + page.items.length
    const items = merged.slice(from, to)
    from = to
    return { ...page, items }
  })
}

/** Newest first, as the server lists them. */
function compareRows(a: ExecutionSummary, b: ExecutionSummary): number {
  return b.createdAt - a.createdAt || (a.executionId < b.executionId ? 1 : -1)
}

/** An end is final: whoever says otherwise has not heard of it yet. */
function isNews(known: ExecutionSummary, row: ExecutionSummary): boolean {
  return !isSameRow(known, row) && (!isFinished(known.status) || isFinished(row.status))
}

/** Rows are flat but for the error, which comes once, with the end. */
function isSameRow(a: ExecutionSummary, b: ExecutionSummary): boolean {
  return (
    a.status === b.status &&
    a.completedNodes === b.completedNodes &&
    a.totalNodes === b.totalNodes &&
    a.startedAt === b.startedAt &&
    a.finishedAt === b.finishedAt
  )
}
