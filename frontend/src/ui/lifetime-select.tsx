import { Select } from './select.tsx'

/** How long a link may live, in hours. The longest is what the server takes at most. */
const lifetimes = [
  { hours: 1, label: '1 hour' },
  { hours: 24, label: '1 day' },
  { hours: 24 * 3, label: '3 days' },
  { hours: 24 * 7, label: '7 days' },
  { hours: 24 * 30, label: '30 days' },
] as const

/** For how long a link opens its door. */
export function LifetimeSelect({
  hours,
  onHoursChange,
  label,
}: {
  hours: number
  onHoursChange: (hours: number) => void
  label?: string
}) {
  return (
    <Select
      value={String(hours)}
      onValueChange={(value) => onHoursChange(Number(value))}
      options={lifetimes.map((one) => ({ value: String(one.hours), label: one.label }))}
      {...(label === undefined ? {} : { 'aria-label': label })}
    />
  )
}
