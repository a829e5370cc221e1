import type { ContinuityFault } from './topics/continuity.ts'

/** What delivery promises and may never break. `isolation`: what is of another workspace stays there. */
export type Violation = ContinuityFault | 'isolation'

/** Where a broken promise is reported, by whoever finds and mends it. */
export interface FaultReports {
  /** Counts it and tells of it. `fields` say where; no payload is among them. */
  report(violation: Violation, fields: { topic: string; connectionId?: string }, message: string): void
}
