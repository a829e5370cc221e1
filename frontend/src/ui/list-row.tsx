import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

export interface ListRowProps extends Omit<ComponentProps<'div'>, 'title'> {
  leading?: ReactNode
  title: ReactNode
  /** Second line. */
  detail?: ReactNode
  trailing?: ReactNode
  selected?: boolean
}

/** Two lines of text with something before and behind. Rows of lists look alike everywhere. */
export function ListRow({ leading, title, detail, trailing, selected, className, ...rest }: ListRowProps) {
  return (
    <div
      {...rest}
      className={clsx(
        'relative flex min-h-14 items-center gap-3 px-5 py-2 transition-colors',
        selected === true
          ? 'bg-sunk before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-select'
          : 'hover:bg-hover',
        className,
      )}
    >
      {leading !== undefined && <div className="flex w-4 shrink-0 justify-center">{leading}</div>}
      <div className="min-w-0 flex-1">
        <div className="truncate font-mid">{title}</div>
        {detail !== undefined && <div className="truncate text-small text-ink-2">{detail}</div>}
      </div>
      {trailing !== undefined && (
        <div className="flex shrink-0 items-center gap-3 text-small text-ink-2">{trailing}</div>
      )}
    </div>
  )
}
