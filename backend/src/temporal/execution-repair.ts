import type { ExecutionOutcome } from '@millrace/shared/engine/protocol'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { ExecutionJournal } from '@millrace/temporal/workflow-contract'
import type { WorkflowExecutionDescription } from '@temporalio/client'

/** What Temporal knows of a run that the log holds for open. */
export type RunFinding =
  /** Lives and moves, or waits for people. */
  | { kind: 'alive' }
  /** Lives and does not move although it should. `since` identifies the occurrence, epoch milliseconds. */
  | { kind: 'stalled'; cause: string; since: number }
  /** Temporal has no such run. */
  | { kind: 'missing' }
  /** Ended without its terminal event. */
  | { kind: 'ended'; how: string }

/** A workflow task that was tried this often fails each time: the first retries are immediate. */
const taskAttemptsNormalMax = 3
/** A workflow task takes milliseconds; one that waits for so long has no worker. */
const unclaimedTaskMaxMs = 60_000

/** Reads a description; pure. */
export function readFinding({ status, raw }: WorkflowExecutionDescription, now: number): RunFinding {
  if (status.name !== 'RUNNING') return { kind: 'ended', how: status.name }
  const task = raw.pendingWorkflowTask
  if (task === null || task === undefined) return { kind: 'alive' }
  const since = toEpochMs(task.originalScheduledTime ?? task.scheduledTime) ?? 0
  const attempt = task.attempt ?? 1
  if (attempt > taskAttemptsNormalMax) {
    return { kind: 'stalled', cause: `The run's next step has failed ${attempt - 1} times and is tried again.`, since }
  }
  const isUnclaimed = task.startedTime === null || task.startedTime === undefined
  if (isUnclaimed && since > 0 && now - since > unclaimedTaskMaxMs) {
    return { kind: 'stalled', cause: 'No worker has taken the run up.', since }
  }
  return { kind: 'alive' }
}

/** How a run that ended outside its own control is closed. The journal decides where it knows better. */
export function outcomeOf(how: string, journal: ExecutionJournal | null): ExecutionOutcome {
  if (journal?.outcome) return journal.outcome
  if (how === 'CANCELLED') return { status: 'cancelled', reason: 'Stopped in Temporal.' }
  if (how === 'MISSING') return failed('EXECUTION_LOST')
  if (how === 'TERMINATED' || how === 'TIMED_OUT') return failed('EXECUTION_TERMINATED')
  return failed('INTERNAL')
}

function failed(code: ErrorCode): ExecutionOutcome {
  return { status: 'failed', error: { code, message: errorCatalogue[code].message } }
}

interface Timestamp {
  seconds?: { toNumber(): number } | null
  nanos?: number | null
}

function toEpochMs(time: Timestamp | null | undefined): number | null {
  if (!time?.seconds) return null
  return time.seconds.toNumber() * 1000 + Math.floor((time.nanos ?? 0) / 1_000_000)
}
