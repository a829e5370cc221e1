import { isTyping } from './is-typing.ts'

/**
 * For `ref` of a page's list: arrow keys, J and K, Home and End move the focus between its rows, which are marked
 * `data-row`. They work from inside the list and from where nothing has the focus.
 */
export function rowKeys(list: HTMLElement | null): (() => void) | undefined {
  if (list === null) return
  const handleKey = (event: KeyboardEvent) => {
    const at = document.activeElement
    if (at === document.body || list.contains(at)) moveFocus(list, event)
  }
  document.addEventListener('keydown', handleKey)
  return () => document.removeEventListener('keydown', handleKey)
}

function moveFocus(list: HTMLElement, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')]
  const current = rows.findIndex((row) => row.contains(document.activeElement))
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
