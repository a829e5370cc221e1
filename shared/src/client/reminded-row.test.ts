import { expect, it } from 'vitest'
import { FoldedList } from './folded-list.ts'

const asked = {
  type: 'user:input:required' as const,
  eventId: 'q',
  timestamp: 1,
  seq: 1,
  executionId: 'e',
  workflowId: 'w',
  nodeId: 'n',
  nodePath: 'n',
  iteration: 1,
  requestId: 'r',
  nodeName: 'Ask',
  workflowName: 'Desk',
  prompt: 'Right?',
  inputType: 'approval' as const,
  validation: {},
}

it.each([
  ['prompts', 'user:input'],
  ['approvals', 'approval'],
] as const)('E18 keeps a question in the list of %s when somebody is reminded of it', (kind, family) => {
  const list = new FoldedList(kind, [])
  list.apply({ ...asked, type: `${family}:required` } as never)
  expect(list.apply({ ...asked, type: `${family}:reminder`, number: 2, timestamp: 9, seq: 2 } as never)).toBe(true)
  expect(list.items(undefined)).toMatchObject([{ requestId: 'r', status: 'open', reminderCount: 2, remindedAt: 9 }])
  expect(list.apply({ ...asked, type: `${family}:expired`, seq: 3 } as never)).toBe(true)
  expect(list.items(undefined)).toEqual([])
})
