import { describe, expect, it } from 'vitest'
import type { ExecutionSummary } from '../api/executions.ts'
import type { WorkflowEvent } from '../events/index.ts'
import { applyToRow } from './execution-row.ts'

const row: ExecutionSummary = {
  executionId: 'run-1',
  workflowId: 'w',
  workflowName: 'W',
  workflowVersion: 1,
  status: 'running',
  totalNodes: 7,
  completedNodes: 2,
  startedByName: 'A',
  createdAt: 0,
  startedAt: 0,
}
const stamp = { eventId: 'e', timestamp: 5000, seq: 9 }

describe('rows of runs', () => {
  it('move with progress and end with the terminal event', () => {
    const moved = applyToRow(row, {
      ...stamp,
      type: 'execution:progress',
      executionId: 'run-1',
      completed: 3,
      total: 7,
      percentage: 43,
      currentNodeIds: [],
    })
    expect(moved.completedNodes).toBe(3)
    const ended = applyToRow(moved, {
      ...stamp,
      type: 'execution:completed',
      executionId: 'run-1',
      status: 'completed',
      outputs: {},
      duration: 4000,
    })
    expect(ended).toMatchObject({ status: 'completed', finishedAt: 5000, duration: 4000 })
  })

  it('stay the same object for events of other runs, and after the end', () => {
    const other: WorkflowEvent = { ...stamp, type: 'execution:waiting', executionId: 'run-2', requestIds: [] }
    expect(applyToRow(row, other)).toBe(row)
    const over = { ...row, status: 'failed' as const, finishedAt: 1 }
    expect(applyToRow(over, { ...other, executionId: 'run-1' })).toBe(over)
  })
})
