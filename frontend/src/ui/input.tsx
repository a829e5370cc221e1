import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { useFieldProps } from './field.tsx'

export interface InputProps extends Omit<ComponentProps<'input'>, 'size'> {
  icon?: ReactNode
  /** At the right inside the border: a key, a unit, a button. */
  trailing?: ReactNode
  size?: 'small' | 'medium' | 'large'
  mono?: boolean
}

const heights = { small: 'h-[26px] text-small', medium: 'h-8', large: 'h-10 text-t3' } as const

export function Input({ icon, trailing, size = 'medium', mono, className, type, ...rest }: InputProps) {
  const field = useFieldProps()
  return (
    <span
      className={clsx(
        'ring-control flex w-full min-w-0 items-center gap-2 rounded-control border border-line-control bg-surface px-2.5 transition-colors',
        'has-[[aria-invalid=true]]:border-failed-mark has-[input:disabled]:border-line has-[input:disabled]:bg-sunk has-[input:read-only]:bg-sunk',
        '[&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3',
        heights[size],
        className,
      )}
    >
      {icon}
      <input
        {...field}
        {...rest}
        type={type ?? 'text'}
        className={clsx(
          'h-full w-full min-w-0 bg-transparent outline-none disabled:text-ink-3',
          mono === true && 'font-mono text-small',
        )}
      />
      {trailing}
    </span>
  )
}
