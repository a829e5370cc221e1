/** What one run of the torture does. */
export interface TortureOptions {
  /** Decides which faults come when and against whom. */
  seed: number
  /** How long faults are made, milliseconds. */
  durationMs: number
  clientCount: number
  /** Runs that are alive at the same time. */
  executionCount: number
  /** Only this fault, again and again; null: all of them, and two at a time. */
  fault: string | null
  /** Waits within faults are a fraction of the full ones. */
  isShort: boolean
  print: (line: string) => void
  /** Ends it before its time. */
  signal?: AbortSignal
}

export const fullTorture = { durationMs: 10 * 60_000, clientCount: 100, executionCount: 30, isShort: false }
export const shortTorture = { durationMs: 14_000, clientCount: 30, executionCount: 8, isShort: true }
