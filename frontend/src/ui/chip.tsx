import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

export interface ChipProps extends ComponentProps<'button'> {
  /** Chosen: an ink border, for colour means state. */
  selected?: boolean
  icon?: ReactNode
  count?: number
}

/** A filter that is on or off. */
export function Chip({ selected, icon, count, className, children, ...rest }: ChipProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-pressed={selected === true}
      className={clsx(
        'inline-flex h-[26px] shrink-0 items-center gap-1.5 rounded-control border px-2 text-small transition-colors [&>svg]:size-3.5',
        selected === true
          ? 'border-select bg-surface font-mid text-ink'
          : 'border-line-strong bg-surface text-ink-2 hover:bg-hover hover:text-ink',
        className,
      )}
    >
      {icon}
      {children}
      {count !== undefined && <span className={selected === true ? '' : 'text-ink-3'}>{count}</span>}
    </button>
  )
}

/** A value in mono that stands for a variable, an id or a scope. */
export function CodeChip({ children }: { children: ReactNode }) {
  return (
    <code className="rounded-chip border border-line bg-sunk px-1.5 py-0.5 font-mono text-micro text-ink">
      {children}
    </code>
  )
}
