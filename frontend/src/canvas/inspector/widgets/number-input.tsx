import { useState } from 'react'
import { Input } from '../../../ui/input.tsx'

export interface NumberInputProps {
  value: number | null
  /** null: the field was emptied, where that is allowed. */
  onChange: (value: number | null) => void
  onFault?: (fault: string | null) => void
  min?: number | null
  max?: number | null
  isInteger?: boolean
  isOptional?: boolean
  unit?: string | null
  placeholder?: string
  disabled?: boolean
  'aria-label'?: string
}

/** A number with its bounds. What is typed stays as typed; only a number that fits is passed on. */
export function NumberInput({
  value,
  onChange,
  onFault,
  min = null,
  max = null,
  isInteger,
  isOptional,
  unit,
  placeholder,
  disabled,
  ...rest
}: NumberInputProps) {
  const [typed, setTyped] = useState<{ text: string; for: number | null } | null>(null)
  const text = typed !== null && typed.for === value ? typed.text : value === null ? '' : String(value)

  function take(next: string) {
    const number = Number(next.replace(',', '.'))
    const isEmpty = next.trim() === ''
    const fault = isEmpty
      ? isOptional === true
        ? null
        : 'Enter a number.'
      : faultOf(number, { min, max, isInteger: isInteger === true })
    onFault?.(fault)
    if (fault === null) {
      const read = isEmpty ? null : number
      setTyped({ text: next, for: read })
      if (read !== value) onChange(read)
    } else setTyped({ text: next, for: value })
  }

  return (
    <Input
      value={text}
      inputMode="decimal"
      disabled={disabled === true}
      aria-label={rest['aria-label']}
      placeholder={placeholder}
      onChange={(event) => take(event.target.value)}
      trailing={<span className="shrink-0 text-small text-ink-3">{unit ?? rangeText(min, max)}</span>}
    />
  )
}

function faultOf(
  number: number,
  { min, max, isInteger }: { min: number | null; max: number | null; isInteger: boolean },
): string | null {
  if (!Number.isFinite(number)) return 'Enter a number.'
  if (isInteger && !Number.isInteger(number)) return 'Enter a whole number.'
  if (min !== null && number < min) return `At least ${min.toLocaleString('en')}.`
  return max !== null && number > max ? `At most ${max.toLocaleString('en')}.` : null
}

function rangeText(min: number | null, max: number | null): string {
  return min === null || max === null ? '' : `${min}–${max}`
}
