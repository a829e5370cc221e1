/** One state of what is edited, with the command that led to the next. */
interface Step<Value> {
  value: Value
  label: string
}

/**
 * Undo for an immutable value: states share what did not change, so keeping one costs what its command touched.
 * Knows nothing of runs: undoing a drawing never rewinds what happened.
 */
export interface History<Value> {
  past: readonly Step<Value>[]
  present: Value
  future: readonly Step<Value>[]
  /** Commands of one gesture share a key and become one step back. */
  coalesce: { key: string; at: number } | null
}

export interface Change<Value> {
  value: Value
  /** For the button: "Undo move". */
  label: string
  /** Same gesture as the last command when that had the same key less than `coalesceMs` ago. */
  key?: string
  /** Epoch milliseconds. */
  at: number
}

/** Steps back that are kept. */
export const historyMax = 200
export const coalesceMs = 1000

export function startHistory<Value>(present: Value): History<Value> {
  return { past: [], present, future: [], coalesce: null }
}

export function record<Value>(history: History<Value>, { value, label, key, at }: Change<Value>): History<Value> {
  if (value === history.present) return history
  const { coalesce } = history
  const continues = key !== undefined && coalesce?.key === key && at - coalesce.at < coalesceMs
  const past = continues ? history.past : [...history.past, { value: history.present, label }].slice(-historyMax)
  return { past, present: value, future: [], coalesce: key === undefined ? null : { key, at } }
}

export function undo<Value>(history: History<Value>): History<Value> {
  const last = history.past.at(-1)
  if (last === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present: last.value,
    future: [{ value: history.present, label: last.label }, ...history.future],
    coalesce: null,
  }
}

export function redo<Value>(history: History<Value>): History<Value> {
  const [next, ...future] = history.future
  if (next === undefined) return history
  return {
    past: [...history.past, { value: history.present, label: next.label }],
    present: next.value,
    future,
    coalesce: null,
  }
}
