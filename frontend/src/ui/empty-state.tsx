import type { ReactNode } from 'react'

export interface EmptyStateProps {
  icon?: ReactNode
  title: ReactNode
  /** What this place is for, in a sentence or two. */
  children?: ReactNode
  /** The first step. */
  action?: ReactNode
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md animate-appear flex-col items-center px-6 py-16 text-center">
      {icon !== undefined && (
        <div className="mb-4 grid size-11 place-items-center rounded-card border bg-surface text-ink-2 shadow-card [&>svg]:size-5">
          {icon}
        </div>
      )}
      <h2 className="text-t3">{title}</h2>
      {children !== undefined && <div className="mt-1.5 text-pretty text-ink-2">{children}</div>}
      {action !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
