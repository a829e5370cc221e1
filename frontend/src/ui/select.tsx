import clsx from 'clsx'
import { Check, ChevronDown } from 'lucide-react'
import { Select as RadixSelect } from 'radix-ui'
import type { ReactNode } from 'react'
import { useFieldProps } from './field.tsx'

export interface SelectOption {
  /** Never empty: the empty string means that nothing is chosen. */
  value: string
  label: ReactNode
  help?: string
  disabled?: boolean
}

export interface SelectProps {
  value: string
  onValueChange: (value: string) => void
  options: readonly SelectOption[]
  placeholder?: string
  disabled?: boolean
  size?: 'small' | 'medium' | 'large'
  'aria-label'?: string
  className?: string
}

const heights = { small: 'h-[26px] text-small', medium: 'h-8', large: 'h-10 text-t3' } as const

export function Select({
  value,
  onValueChange,
  options,
  placeholder,
  disabled,
  size = 'medium',
  className,
  ...rest
}: SelectProps) {
  const field = useFieldProps()
  return (
    <RadixSelect.Root value={value} onValueChange={onValueChange} disabled={disabled === true}>
      <RadixSelect.Trigger
        {...field}
        aria-label={rest['aria-label']}
        className={clsx(
          'ring-control flex w-full min-w-0 items-center justify-between gap-2 rounded-control border border-line-control bg-surface px-2.5 text-left transition-colors',
          'hover:bg-hover disabled:border-line disabled:bg-sunk disabled:text-ink-3 aria-invalid:border-failed-mark data-[placeholder]:text-ink-3',
          heights[size],
          className,
        )}
      >
        <span className="truncate">
          <RadixSelect.Value placeholder={placeholder ?? 'Choose'} />
        </span>
        <RadixSelect.Icon>
          <ChevronDown className="size-4 text-ink-3" />
        </RadixSelect.Icon>
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-control border border-line bg-raised shadow-raised"
        >
          <RadixSelect.Viewport className="p-1">
            {options.map((option) => (
              <RadixSelect.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled === true}
                className="flex cursor-pointer items-start gap-2 rounded-chip px-2 py-1.5 outline-none data-[disabled]:text-ink-3 data-[highlighted]:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <RadixSelect.ItemText>{option.label}</RadixSelect.ItemText>
                  {option.help !== undefined && <span className="block text-small text-ink-3">{option.help}</span>}
                </span>
                <RadixSelect.ItemIndicator>
                  <Check className="mt-0.5 size-4" />
                </RadixSelect.ItemIndicator>
              </RadixSelect.Item>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
  )
}
