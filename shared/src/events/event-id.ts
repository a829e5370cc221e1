/** The parts of an event's identity: deterministic data only, never a clock, a random value or a counter of the whole run. */
export interface EventIdParts {
  /** Null for events about the execution itself. */
  nodePath: string | null
  type: string
  attempt?: number
  /** Counted per node path, type and attempt: index of a chunk, number of a log line. */
  ordinal?: number | string
}

/**
 * `nodePath|-/type/attempt|-/ordinal|-`, unique per topic: a second append of the same id changes nothing.
 * Identity must not come from a counter per execution: a re-run workflow task can produce other events under the same numbers.
 */
export function eventId({ nodePath, type, attempt, ordinal }: EventIdParts): string {
  return `${nodePath ?? '-'}/${type}/${attempt ?? '-'}/${ordinal ?? '-'}`
}
