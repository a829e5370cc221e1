import type { WorkflowExecutionDescription } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { outcomeOf, readFinding } from './execution-repair.ts'

const now = 1_000_000_000

function timestamp(ms: number) {
  return { seconds: { toNumber: () => Math.floor(ms / 1000) }, nanos: (ms % 1000) * 1_000_000 }
}

function described(status: string, pendingWorkflowTask: object | null = null): WorkflowExecutionDescription {
  return { status: { name: status }, raw: { pendingWorkflowTask } } as unknown as WorkflowExecutionDescription
}

describe('what Temporal knows of an open run', () => {
  it('lets a run live that waits, or whose task is under way', () => {
    expect(readFinding(described('RUNNING'), now)).toEqual({ kind: 'alive' })
    const task = { attempt: 2, scheduledTime: timestamp(now - 500), startedTime: timestamp(now - 400) }
    expect(readFinding(described('RUNNING', task), now)).toEqual({ kind: 'alive' })
  })

  it('sees a task that fails again and again, and one that nobody takes', () => {
    const failing = { attempt: 5, originalScheduledTime: timestamp(now - 4000), scheduledTime: timestamp(now) }
    expect(readFinding(described('RUNNING', failing), now)).toMatchObject({ kind: 'stalled', since: now - 4000 })
    const unclaimed = { attempt: 1, scheduledTime: timestamp(now - 61_000) }
    expect(readFinding(described('RUNNING', unclaimed), now)).toMatchObject({ kind: 'stalled' })
  })

  it('tells how a run ended', () => {
    expect(readFinding(described('TERMINATED'), now)).toEqual({ kind: 'ended', how: 'TERMINATED' })
  })
})

describe('the outcome of a run that could not say it', () => {
  it.each([
    ['TERMINATED', { status: 'failed', error: { code: 'EXECUTION_TERMINATED' } }],
    ['TIMED_OUT', { status: 'failed', error: { code: 'EXECUTION_TERMINATED' } }],
    ['MISSING', { status: 'failed', error: { code: 'EXECUTION_LOST' } }],
    ['FAILED', { status: 'failed', error: { code: 'INTERNAL' } }],
    ['CANCELLED', { status: 'cancelled' }],
  ])('%s', (how, outcome) => {
    expect(outcomeOf(how, null)).toMatchObject(outcome)
  })

  it('is what the run itself had decided', () => {
    const outcome = { status: 'completed', outputs: { a: 1 } } as const
    const journal = { outcome, startedAt: 1, nodes: [], eventIds: [], isComplete: true }
    expect(outcomeOf('TERMINATED', journal)).toEqual(outcome)
  })
})
