import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { Tooltip } from './tooltip.tsx'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** What it does: its tooltip and its name for screen readers. */
  label: string
  icon: ReactNode
  kbd?: string
  size?: 'small' | 'medium'
  variant?: 'quiet' | 'plain' | 'danger'
  side?: 'top' | 'right' | 'bottom' | 'left'
  /** Pressed state of a toggle. */
  pressed?: boolean
}

const variants = {
  quiet: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink',
  plain: 'border-line-strong bg-surface text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'border-transparent text-ink-2 hover:bg-failed-tint hover:text-failed-text',
} as const

export function IconButton({
  label,
  icon,
  kbd,
  size = 'medium',
  variant = 'quiet',
  side,
  pressed,
  className,
  type,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={label} {...(kbd === undefined ? {} : { kbd })} {...(side === undefined ? {} : { side })}>
      <button
        {...rest}
        type={type ?? 'button'}
        aria-label={label}
        aria-pressed={pressed}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded-control border transition-colors disabled:text-ink-3 disabled:opacity-60',
          'aria-pressed:bg-sunk aria-pressed:text-ink data-[state=open]:bg-sunk',
          size === 'small' ? 'size-[26px] [&>svg]:size-3.5' : 'size-8 [&>svg]:size-4',
          variants[variant],
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
