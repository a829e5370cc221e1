import { useState } from 'react'
import { Select } from '../../../ui/select.tsx'
import { NumberInput } from './number-input.tsx'

const units = [
  { value: 's', label: 'seconds', ms: 1000 },
  { value: 'min', label: 'minutes', ms: 60_000 },
  { value: 'h', label: 'hours', ms: 3_600_000 },
  { value: 'd', label: 'days', ms: 86_400_000 },
] as const

export interface DurationInputProps {
  /** Milliseconds; null: none. */
  value: number | null
  onChange: (ms: number | null) => void
  maxMs: number | null
  placeholder?: string
  disabled?: boolean
}

/** A span in the unit that fits it. */
export function DurationInput({ value, onChange, maxMs, placeholder, disabled }: DurationInputProps) {
  const fitting = units.toReversed().find((unit) => value !== null && value % unit.ms === 0 && value >= unit.ms)
  const [chosen, setChosen] = useState<string>(fitting?.value ?? 'h')
  const unit = units.find((candidate) => candidate.value === chosen) ?? units[2]
  return (
    <div className="grid grid-cols-2 gap-2">
      <NumberInput
        value={value === null ? null : value / unit.ms}
        onChange={(next) => onChange(next === null ? null : Math.round(next * unit.ms))}
        min={1000 / unit.ms > 1 ? 1 : 1000 / unit.ms}
        max={maxMs === null ? null : maxMs / unit.ms}
        isOptional
        unit=""
        placeholder={placeholder ?? 'none'}
        disabled={disabled === true}
      />
      <Select
        aria-label="Unit"
        value={unit.value}
        disabled={disabled === true}
        options={units}
        onValueChange={(next) => {
          const to = units.find((candidate) => candidate.value === next)
          setChosen(next)
          if (to !== undefined && value !== null) onChange((value / unit.ms) * to.ms)
        }}
      />
    </div>
  )
}
