import { Check } from 'lucide-react'
import { Checkbox as RadixCheckbox } from 'radix-ui'
import { type ReactNode, useId } from 'react'

export interface CheckboxProps {
  checked: boolean
  onCheckedChange: (checked: boolean) => void
  label: ReactNode
  /** In mono at the end of the line. */
  note?: string
  disabled?: boolean
}

export function Checkbox({ checked, onCheckedChange, label, note, disabled }: CheckboxProps) {
  const id = useId()
  return (
    <div className="flex min-h-8 items-center gap-2.5">
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        onCheckedChange={(next) => onCheckedChange(next === true)}
        disabled={disabled === true}
        className="grid size-4 shrink-0 place-items-center rounded-chip border border-line-control bg-surface data-[state=checked]:border-ink data-[state=checked]:bg-ink"
      >
        <RadixCheckbox.Indicator>
          <Check className="size-3 text-ink-inverse" strokeWidth={3} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <label htmlFor={id} className="flex-1">
        {label}
      </label>
      {note !== undefined && <code className="font-mono text-micro text-ink-3">{note}</code>}
    </div>
  )
}
