import type { ReactNode } from 'react'
import { Slider } from '../../ui/slider.tsx'
import type { FieldSpec } from './field-spec.ts'
import { NumberInput } from './widgets/number-input.tsx'
import { providerLabels } from './widgets/resource-selects.tsx'

/** A heading over a list of rows, whose controls have names of their own. */
export function ListSection({
  label,
  error,
  children,
}: {
  label: string
  error: string | undefined
  help: string | undefined
  children: ReactNode
}) {
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1">
      <p className="text-small font-mid text-ink-2">{label}</p>
      {children}
      {error !== undefined && (
        <p role="alert" className="text-small text-failed-text">
          {error}
        </p>
      )}
    </div>
  )
}

export function SliderField({
  spec,
  value,
  onChange,
  disabled,
}: {
  spec: FieldSpec
  value: number
  onChange: (value: number) => void
  disabled: boolean
}) {
  return (
    <div className="grid grid-cols-[1fr_64px] items-center gap-3">
      <Slider
        value={value}
        min={spec.min ?? 0}
        max={spec.max ?? 1}
        step={spec.step ?? 0.1}
        onValueChange={(next) => onChange(Number(next.toFixed(4)))}
        disabled={disabled}
        aria-label={spec.title}
      />
      <NumberInput
        aria-label={`${spec.title} as a number`}
        value={value}
        min={spec.min}
        max={spec.max}
        unit=""
        onChange={(next) => next !== null && onChange(next)}
        disabled={disabled}
      />
    </div>
  )
}

const words: Record<string, string> = {
  failed: 'Failed',
  blocked: 'Blocked',
  approve: 'Approve',
  choice: 'Choice',
  form: 'Form',
  text: 'Text',
  hybrid: 'Both',
  vector: 'Meaning',
}

/** The values of a choice with their words. */
export function optionsOf(spec: FieldSpec): { value: string; label: string }[] {
  return spec.options.map((option) => {
    if (spec.widget === 'provider') return { value: option, label: providerLabels[option] ?? option }
    return { value: option, label: spec.name === 'mode' && option === 'text' ? 'Words' : (words[option] ?? option) }
  })
}
