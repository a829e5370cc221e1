import clsx from 'clsx'
import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { useFieldProps } from './field.tsx'

export interface SegmentedProps<Value extends string> {
  value: Value
  onValueChange: (value: Value) => void
  options: readonly { value: Value; label: ReactNode; icon?: ReactNode }[]
  size?: 'small' | 'medium'
  disabled?: boolean
  'aria-label'?: string
}

/** One of a few, all in sight. Exactly one is always chosen. */
export function Segmented<Value extends string>({
  value,
  onValueChange,
  options,
  size = 'medium',
  disabled,
  ...rest
}: SegmentedProps<Value>) {
  const { 'aria-invalid': _invalid, 'aria-required': _required, ...field } = useFieldProps()
  return (
    <ToggleGroup.Root
      {...field}
      type="single"
      value={value}
      disabled={disabled === true}
      aria-label={rest['aria-label']}
      onValueChange={(next: string) => {
        const chosen = options.find((option) => option.value === next)
        if (chosen !== undefined) onValueChange(chosen.value)
      }}
      className="inline-flex w-fit max-w-full rounded-control border border-line bg-sunk p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className={clsx(
            'inline-flex items-center gap-1.5 rounded-chip border border-transparent px-2.5 text-ink-2 transition-colors hover:text-ink [&>svg]:size-3.5',
            'data-[state=on]:border-line-control data-[state=on]:bg-surface data-[state=on]:font-mid data-[state=on]:text-ink',
            size === 'small' ? 'h-[22px] text-small' : 'h-[26px]',
          )}
        >
          {option.icon}
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
