import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { Kbd } from './kbd.tsx'

/** primary: the one thing to do here; waiting: answers a person's question; plain: bordered; quiet: no border; danger: destroys or stops. */
export type ButtonVariant = 'primary' | 'waiting' | 'plain' | 'quiet' | 'danger'
export type ButtonSize = 'small' | 'medium' | 'large'

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: ButtonVariant
  size?: ButtonSize
  /** A 16 px icon before the label. */
  icon?: ReactNode
  /** The key that does the same, shown behind the label. */
  kbd?: string
  /** Work is under way: the button cannot be pressed again and says so to screen readers. */
  busy?: boolean
}

const variants: Record<ButtonVariant, string> = {
  primary: 'bg-current-mark text-on-current border-transparent hover:bg-current-press active:bg-current-press',
  waiting: 'bg-waiting-fill text-on-waiting border-waiting-mark hover:bg-waiting-press active:bg-waiting-press',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover active:bg-sunk',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-hover hover:text-ink active:bg-sunk',
  danger: 'bg-surface text-failed-text border-line-strong hover:bg-failed-tint hover:border-failed-line',
}

const sizes: Record<ButtonSize, string> = {
  small: 'h-[26px] px-2 gap-1.5 text-small [&>svg]:size-3.5',
  medium: 'h-8 px-3 gap-2 text-base [&>svg]:size-4',
  large: 'h-10 px-4 gap-2 text-t3 [&>svg]:size-[18px]',
}

export function buttonClass(variant: ButtonVariant = 'plain', size: ButtonSize = 'medium'): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center rounded-control border font-mid whitespace-nowrap select-none',
    'transition-colors aria-disabled:opacity-60 disabled:border-line disabled:bg-sunk disabled:text-ink-3',
    variants[variant],
    sizes[size],
  )
}

export function Button({ variant, size, icon, kbd, busy, className, children, disabled, type, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      disabled={disabled === true || busy === true}
      aria-busy={busy || undefined}
      className={clsx(buttonClass(variant, size), className)}
    >
      {icon}
      {children}
      {kbd !== undefined && <Kbd tone="inherit">{kbd}</Kbd>}
    </button>
  )
}
