const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** "0.4 s", "12 s", "1 min 12 s", "3 h 5 min", "2 d 4 h". For spans that ended or that are counted. */
export function durationWords(ms: number): string {
  if (ms < 10 * secondMs) return `${(Math.max(0, ms) / secondMs).toFixed(1)} s`
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`
  return twoUnits(ms)
}

/** "4 min 12 s", "38 min", "23 h 58 min", "4 d": what is left of a deadline, coarse when it is far. */
export function remainingWords(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.ceil(ms / secondMs))} s`
  if (ms >= 10 * minuteMs && ms < hourMs) return `${Math.floor(ms / minuteMs)} min`
  return ms >= 3 * dayMs ? `${Math.floor(ms / dayMs)} d` : twoUnits(ms)
}

/** "just now", "3 min ago", "2 h ago", "5 d ago", then the date. `now` and `at` in epoch milliseconds. */
export function relativeWords(at: number, now: number): string {
  const ago = now - at
  if (ago < 10 * secondMs) return 'just now'
  if (ago < minuteMs) return `${Math.floor(ago / secondMs)} s ago`
  if (ago < hourMs) return `${Math.floor(ago / minuteMs)} min ago`
  if (ago < dayMs) return `${Math.floor(ago / hourMs)} h ago`
  if (ago < 7 * dayMs) return `${Math.floor(ago / dayMs)} d ago`
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
}

/** The exact time, for hovering. */
export function exactTime(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** "14:02:11": a moment of today. */
export function clockWords(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** "until 15:10", "until tomorrow, 14:32", "until 3 Nov, 09:00". */
export function untilWords(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' })
  const days = Math.round((startOfDay(at) - startOfDay(now)) / dayMs)
  if (days === 0) return `until ${time}`
  if (days === 1) return `until tomorrow, ${time}`
  return `until ${new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function twoUnits(ms: number): string {
  const units: [number, string][] = [
    [dayMs, 'd'],
    [hourMs, 'h'],
    [minuteMs, 'min'],
    [secondMs, 's'],
  ]
  const first = units.findIndex(([size]) => ms >= size)
  const [size, name] = units[first] ?? [secondMs, 's']
  const [nextSize, nextName] = units[first + 1] ?? [1, 'ms']
  const whole = Math.floor(ms / size)
  const rest = Math.floor((ms - whole * size) / nextSize)
  return rest > 0 ? `${whole} ${name} ${rest} ${nextName}` : `${whole} ${name}`
}
