import type { EventDraftOf } from '@millrace/shared/events'
import { expect, it } from 'vitest'
import { noticeOfFailure, noticeOfReminder } from './run-notices.ts'

const ended = (code: string): EventDraftOf<'execution:failed'> => ({
  type: 'execution:failed',
  eventId: 'e',
  timestamp: 1,
  executionId: 'run',
  status: 'failed',
  error: { code, message: 'No lamps until March' },
  duration: 1,
})

it('E09 calls a run blocked that a step blocked, and any other failed', () => {
  expect(noticeOfFailure(ended('RUN_BLOCKED'), [])).toMatchObject([
    { title: 'A run is blocked', message: 'No lamps until March' },
  ])
  expect(noticeOfFailure(ended('RUN_STOPPED'), [])).toMatchObject([{ title: 'A run failed' }])
})

it('E18 tells of each reminder under an identity of its own', () => {
  const reminder = (number: number): EventDraftOf<'user:input:reminder'> => ({
    type: 'user:input:reminder',
    eventId: `r${number}`,
    timestamp: 1,
    executionId: 'run',
    nodeId: 'ask',
    nodePath: 'ask',
    iteration: 1,
    requestId: 'run:ask',
    number,
    inputType: 'approval',
    nodeName: 'Ask',
    workflowName: 'Desk',
    prompt: 'Right?',
  })
  const [first, second] = [noticeOfReminder(reminder(1)), noticeOfReminder(reminder(2))]
  expect(first).toMatchObject({ title: 'Desk still waits for an answer', message: 'Right?', category: 'question' })
  expect(second.eventId).not.toBe(first.eventId)
})
