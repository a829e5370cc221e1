import { Switch as RadixSwitch } from 'radix-ui'
import { useFieldProps } from './field.tsx'

export interface SwitchProps {
  checked: boolean
  onCheckedChange: (checked: boolean) => void
  disabled?: boolean
  'aria-label'?: string
}

/** On is ink, not a colour: colours mean states. */
export function Switch({ checked, onCheckedChange, disabled, ...rest }: SwitchProps) {
  const field = useFieldProps()
  return (
    <RadixSwitch.Root
      {...field}
      aria-label={rest['aria-label']}
      checked={checked}
      onCheckedChange={onCheckedChange}
      disabled={disabled === true}
      className="inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border border-line-control bg-sunk px-0.5 transition-colors disabled:opacity-50 data-[state=checked]:border-ink data-[state=checked]:bg-ink"
    >
      <RadixSwitch.Thumb className="size-3 rounded-full bg-ink-3 transition-transform data-[state=checked]:translate-x-3.5 data-[state=checked]:bg-surface" />
    </RadixSwitch.Root>
  )
}
