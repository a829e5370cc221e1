import { createContext, type ReactNode, useContext } from 'react'

/** What every top bar has at its right end, whatever the page; null: nothing. */
export const TopBarEndContext = createContext<ReactNode>(null)

export interface TopBarProps {
  /** Where this page belongs: links, the outermost first. */
  crumbs?: ReactNode
  title: ReactNode
  /** Behind the title, quiet: "saved · v7", a count. */
  note?: ReactNode
  /** At the right; the main one last. */
  actions?: ReactNode
}

/** The line at the top of every page, 48 px. */
export function TopBar({ crumbs, title, note, actions }: TopBarProps) {
  return (
    <header className="flex h-(--topbar) shrink-0 items-center gap-2 border-b bg-surface px-3 sm:px-4">
      {crumbs !== undefined && (
        <>
          <nav aria-label="Breadcrumb" className="hidden text-small text-ink-2 sm:block [&_a:hover]:text-ink">
            {crumbs}
          </nav>
          <span aria-hidden="true" className="hidden text-ink-3 sm:block">
            /
          </span>
        </>
      )}
      <h1 className="min-w-16 truncate text-t3">{title}</h1>
      {note !== undefined && <span className="truncate text-small text-ink-2">{note}</span>}
      <div className="ml-auto flex shrink-0 items-center gap-1 sm:gap-2">
        {actions}
        {useContext(TopBarEndContext)}
      </div>
    </header>
  )
}
