import { describe, expect, it } from 'vitest'
import type { Prompt } from '../api/prompts.ts'
import type { ChannelEvent } from '../protocol/channels.ts'
import { FoldedList } from './folded-list.ts'

const question: Prompt = {
  requestId: 'r',
  executionId: 'e',
  workflowId: 'w',
  workflowName: 'W',
  nodeId: 'n',
  nodeName: 'N',
  iteration: 1,
  status: 'open',
  prompt: 'Shall it?',
  inputType: 'text',
  validation: {},
  requestedAt: 1,
}
const about = (type: string) =>
  ({ type, eventId: 'x', timestamp: 2, executionId: 'e', requestId: 'r', seq: 2 }) as never

describe('a list of open questions', () => {
  it.each([
    'user:input:received',
    'user:input:expired',
    'user:input:withdrawn',
    'approval:granted',
    'approval:denied',
    'approval:expired',
  ])('lets go of one with %s', (type) => {
    const list = new FoldedList(type.startsWith('approval') ? 'approvals' : 'prompts', [question])
    expect([list.apply(about(type) as ChannelEvent), list.items(undefined)]).toEqual([true, []])
  })

  it('keeps one of which a newer server says something else', () => {
    const list = new FoldedList('prompts', [question])
    expect([list.apply(about('user:input:glanced-at') as ChannelEvent), list.items(undefined)]).toEqual([
      false,
      [question],
    ])
  })
})
