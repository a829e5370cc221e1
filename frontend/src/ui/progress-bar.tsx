import clsx from 'clsx'
import { type Tone, toneClasses } from './state-table.ts'

export interface ProgressBarProps {
  /** 0 to 100; null while it is not known. */
  percentage: number | null
  tone?: Tone
  label: string
  className?: string
}

export function ProgressBar({ percentage, tone = 'current', label, className }: ProgressBarProps) {
  const value = percentage === null ? null : Math.min(100, Math.max(0, percentage))
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(value === null ? {} : { 'aria-valuenow': Math.round(value) })}
      className={clsx('h-1 overflow-hidden rounded-full bg-line-strong', className)}
    >
      <div
        className={clsx(
          'h-full rounded-full transition-[width]',
          toneClasses[tone].bar,
          value === null && 'animate-breathe',
        )}
        style={{ width: `${value ?? 100}%` }}
      />
    </div>
  )
}
