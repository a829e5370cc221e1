import type { KeyboardEvent } from 'react'

/** Arrow keys, J and K, Home and End move the focus between rows marked `data-row` inside the element that has this handler. */
export function handleRowKeys(event: KeyboardEvent<HTMLElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return
  if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const current = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement))
  const next = nextIndex(event.key, current, rows.length)
  const row = next === null ? undefined : rows[next]
  if (row === undefined) return
  event.preventDefault()
  row.focus()
  row.scrollIntoView({ block: 'nearest' })
}

function nextIndex(key: string, current: number, count: number): number | null {
  if (key === 'ArrowDown' || key === 'j') return Math.min(count - 1, current + 1)
  if (key === 'ArrowUp' || key === 'k') return Math.max(0, current - 1)
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  return null
}
