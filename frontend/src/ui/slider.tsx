import { Slider as RadixSlider } from 'radix-ui'
import { useFieldProps } from './field.tsx'

export interface SliderProps {
  value: number
  onValueChange: (value: number) => void
  min: number
  max: number
  step: number
  disabled?: boolean
  'aria-label'?: string
}

export function Slider({ value, onValueChange, min, max, step, disabled, ...rest }: SliderProps) {
  const { id, ...field } = useFieldProps()
  return (
    <RadixSlider.Root
      value={[value]}
      onValueChange={([next]) => next !== undefined && onValueChange(next)}
      min={min}
      max={max}
      step={step}
      disabled={disabled === true}
      className="relative flex h-8 w-full touch-none items-center select-none"
    >
      <RadixSlider.Track className="relative h-1 grow rounded-full bg-line-strong">
        <RadixSlider.Range className="absolute h-full rounded-full bg-ink-2" />
      </RadixSlider.Track>
      <RadixSlider.Thumb
        {...field}
        {...(id === undefined ? {} : { id })}
        aria-label={rest['aria-label'] ?? 'Value'}
        className="block size-3.5 rounded-full border-2 border-ink-2 bg-surface transition-colors hover:border-ink"
      />
    </RadixSlider.Root>
  )
}
