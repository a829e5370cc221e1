import clsx from 'clsx'
import type { ComponentProps } from 'react'
import { useFieldProps } from './field.tsx'

export interface TextareaProps extends ComponentProps<'textarea'> {
  mono?: boolean
  /** Lines it shows at most before it scrolls. It begins with `rows` and grows with its text. */
  rowsMax?: number
}

export function Textarea({ mono, rows = 3, rowsMax = 14, className, style, ...rest }: TextareaProps) {
  const field = useFieldProps()
  return (
    <textarea
      {...field}
      {...rest}
      rows={rows}
      style={{ maxHeight: rowsMax * 20 + 14, minHeight: rows * 20 + 14, ...style }}
      className={clsx(
        'ring-control field-sizing-content w-full min-w-0 resize-y rounded-control border border-line-control bg-surface px-2.5 py-1.5 transition-colors',
        'disabled:border-line disabled:bg-sunk disabled:text-ink-3 aria-invalid:border-failed-mark read-only:bg-sunk',
        mono === true && 'font-mono text-small leading-5',
        className,
      )}
    />
  )
}
