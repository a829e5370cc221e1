import { logDraft } from '../delivery/memory-log.ts'
import type { Conversation } from './conversation.ts'

const ada = { userId: 'ada', name: 'Ada' }
const follow = [
  { client: { type: 'subscribe', executionId: 'e1', since: 3 } },
  { server: { type: 'subscribed', executionId: 'e1', seq: 3 } },
  { server: { type: 'caught_up', executionId: 'e1', seq: 3 } },
]
const watching = (viewer: object) => ({
  server: { type: 'presence:update', executionId: 'e1', viewers: [{ ...ada, ...viewer }], count: 1 },
})

/** Of replaying and of being seen. */
export const presenceConversations: Conversation[] = [
  {
    name: 'Who watches is told to who asked to be told',
    path: '?capabilities=presence',
    lines: [
      ...follow,
      watching({}),
      { client: { type: 'presence:set', executionId: 'e1', state: { node: 'draft' } } },
      watching({ state: { node: 'draft' } }),
    ],
  },
  {
    name: 'A state can only be shown beside what is watched',
    path: '?capabilities=presence',
    lines: [
      { client: { type: 'presence:set', id: 1, executionId: 'e1', state: {} } },
      { server: { type: 'error', id: 1, code: 'EXECUTION_NOT_FOUND' } },
    ],
  },
  {
    name: 'Replay tells again and goes on',
    lines: [
      { client: { type: 'replay', id: 1, executionId: 'e1', since: 2 } },
      { server: { type: 'subscribed', id: 1, executionId: 'e1', seq: 3 } },
      { server: { type: 'node:log', executionId: 'e1', seq: 3 } },
      { server: { type: 'caught_up', executionId: 'e1', seq: 3 } },
      { happens: 'the run writes a log line', act: (log) => void log.append('execution:e1', [logDraft('e1')]) },
      { server: { type: 'node:log', executionId: 'e1', seq: 4 } },
    ],
  },
]
