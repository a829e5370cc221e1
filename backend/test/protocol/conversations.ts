import type { MemoryLog } from '../delivery/memory-log.ts'
import { completedDraft, logDraft, streamDraft } from '../delivery/memory-log.ts'
import { channelConversations } from './channel-conversations.ts'
import type { Conversation } from './conversation.ts'
import { presenceConversations } from './presence-conversations.ts'

const subscribe = (extra: object = {}) => ({ client: { type: 'subscribe', executionId: 'e1', ...extra } })
const subscribed = (seq: number, extra: object = {}) => ({
  server: { type: 'subscribed', executionId: 'e1', seq, epoch: 'epoch-1', ...extra },
})
const caughtUp = (seq: number) => ({ server: { type: 'caught_up', executionId: 'e1', seq } })
const line = (seq: number) => ({ server: { type: 'node:log', executionId: 'e1', seq } })
const appendLine = {
  happens: 'the run writes a log line',
  act: (log: MemoryLog) => void log.append('execution:e1', [logDraft('e1')]),
}

/** The next passage of each of the steps. */
function passagesOf(nodeIds: readonly string[], index: number) {
  return nodeIds.map((nodeId) => {
    const place = { nodeId, nodePath: nodeId, eventId: `${nodeId}/node:stream/1/${index}` }
    return { ...streamDraft('e1', 'word ', index * 5), ...place }
  })
}

/**
 * What client and server say to each other. Before each of them `connected` has come and the execution `e1`
 * of the client's workspace has three events.
 */
export const conversations: Conversation[] = [
  {
    name: 'A late viewer gets the state, then what happens',
    lines: [
      subscribe({ id: 7 }),
      subscribed(3, { id: 7 }),
      { server: { type: 'snapshot', executionId: 'e1', seq: 3, epoch: 'epoch-1' } },
      caughtUp(3),
      appendLine,
      line(4),
    ],
  },
  {
    name: 'A client that comes back gets what it missed',
    lines: [
      subscribe({ since: 1, epoch: 'epoch-1' }),
      subscribed(3),
      line(2),
      line(3),
      caughtUp(3),
      appendLine,
      line(4),
    ],
  },
  {
    name: 'A client that missed nothing is caught up at once',
    lines: [subscribe({ since: 3 }), subscribed(3), caughtUp(3)],
  },
  {
    name: 'A cursor of another epoch is never continued',
    lines: [
      subscribe({ since: 2, epoch: 'another' }),
      subscribed(3),
      { server: { type: 'resync', executionId: 'e1', reason: 'epoch' } },
      { server: { type: 'snapshot', executionId: 'e1', seq: 3 } },
      caughtUp(3),
    ],
  },
  {
    name: 'A cursor from the future is never continued',
    lines: [
      subscribe({ since: 99 }),
      subscribed(3),
      { server: { type: 'resync', executionId: 'e1', reason: 'future' } },
      { server: { type: 'snapshot', executionId: 'e1', seq: 3 } },
      caughtUp(3),
    ],
  },
  {
    name: 'A run ends while it is watched',
    lines: [
      subscribe({ since: 3 }),
      subscribed(3),
      caughtUp(3),
      { happens: 'the run completes', act: (log) => void log.append('execution:e1', [completedDraft('e1')]) },
      { server: { type: 'execution:completed', executionId: 'e1', seq: 4, status: 'completed' } },
      { server: { type: 'ended', executionId: 'e1', seq: 4 } },
    ],
  },
  {
    name: 'A run that is over is told and ended',
    lines: [
      { happens: 'the run completes', act: (log) => void log.append('execution:e1', [completedDraft('e1')]) },
      subscribe(),
      subscribed(4),
      { server: { type: 'snapshot', executionId: 'e1', seq: 4 } },
      caughtUp(4),
      { server: { type: 'ended', executionId: 'e1', seq: 4 } },
    ],
  },
  {
    name: 'A second subscribe moves the cursor',
    lines: [
      subscribe({ since: 3 }),
      subscribed(3),
      caughtUp(3),
      subscribe({ since: 2 }),
      subscribed(3),
      line(3),
      caughtUp(3),
    ],
  },
  {
    name: 'After unsubscribe nothing more comes',
    lines: [
      subscribe({ since: 3 }),
      subscribed(3),
      caughtUp(3),
      { client: { type: 'unsubscribe', executionId: 'e1', id: 'x' } },
      { server: { type: 'unsubscribed', executionId: 'e1', id: 'x' } },
      appendLine,
      { client: { type: 'ping' } },
      { server: { type: 'pong' } },
    ],
  },
  {
    name: 'Unknown and forbidden look the same',
    lines: [
      { client: { type: 'subscribe', executionId: 'nowhere', id: 1 } },
      {
        server: {
          type: 'error',
          id: 1,
          executionId: 'nowhere',
          code: 'EXECUTION_NOT_FOUND',
          message: 'There is no such execution.',
        },
      },
      { client: { type: 'subscribe', executionId: 'foreign', id: 2 } },
      {
        server: {
          type: 'error',
          id: 2,
          executionId: 'foreign',
          code: 'EXECUTION_NOT_FOUND',
          message: 'There is no such execution.',
        },
      },
    ],
  },
  ...channelConversations,
  ...presenceConversations,
  {
    name: 'What is not understood is answered and harms nobody',
    lines: [
      { client: 'not json' },
      { server: { type: 'error', code: 'MALFORMED_JSON' } },
      { client: '[1,2]' },
      { server: { type: 'error', code: 'MALFORMED_JSON' } },
      { client: { type: 'dance', id: 'd' } },
      { server: { type: 'error', id: 'd', code: 'UNKNOWN_MESSAGE_TYPE', details: { type: 'dance' } } },
      { client: { type: 'subscribe' } },
      { server: { type: 'error', code: 'INVALID_INPUT' } },
      { client: { type: 'subscribe', executionId: 'e1', since: -1 } },
      { server: { type: 'error', executionId: 'e1', code: 'INVALID_INPUT' } },
      { client: Buffer.from([1, 2, 3]) },
      { server: { type: 'error', code: 'INVALID_INPUT' } },
      { client: { type: 'ping', id: 1 } },
      { server: { type: 'pong', id: 1 } },
    ],
  },
  {
    name: 'JSON that is nested deeper than 64 levels is answered and harms nobody',
    lines: [
      { client: `{"type":"presence:set","executionId":"e1","state":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}` },
      { server: { type: 'error', code: 'INVALID_INPUT', details: { levelsMax: 64 } } },
      { client: { type: 'ping', id: 1 } },
      { server: { type: 'pong', id: 1 } },
    ],
  },
  {
    name: 'An id has no control characters',
    lines: [
      { client: { type: 'subscribe', id: 1, executionId: 'e\u0000' } },
      { server: { type: 'error', id: 1, code: 'INVALID_INPUT' } },
      { client: { type: 'subscribe', id: 2, channel: 'executions', filters: { workflow_ids: ['w\n1'] } } },
      { server: { type: 'error', id: 2, channel: 'executions', code: 'INVALID_INPUT' } },
    ],
  },
  {
    name: 'A message above 64 KiB closes',
    lines: [{ client: 'x'.repeat(64 * 1024 + 1) }, { closes: { code: 1009, reason: '' } }],
  },
  {
    name: 'A fresh token of the same user is taken, of another it closes',
    lines: [
      { client: { type: 'auth', token: 'token-ada-fresh', id: 1 } },
      { server: { type: 'authenticated', id: 1 } },
      { client: { type: 'auth', token: 'nonsense', id: 2 } },
      { server: { type: 'error', id: 2, code: 'INVALID_TOKEN' } },
      { client: { type: 'auth', token: 'token-mallory', id: 3 } },
      { closes: { code: 4403, reason: 'FORBIDDEN' } },
    ],
  },
  {
    name: 'Who comes back to two texts at once is told them in one batch',
    path: '?capabilities=batch',
    lines: [
      {
        happens: 'two steps write forty passages each, by turns',
        act: (log) => {
          for (let index = 0; index < 40; index += 1) log.append('execution:e1', passagesOf(['draft', 'review'], index))
        },
      },
      subscribe({ since: 3 }),
      subscribed(83),
      {
        server: {
          type: 'batch',
          executionId: 'e1',
          from: 4,
          to: 83,
          events: [
            { type: 'node:stream', nodeId: 'draft', chunk: 'word '.repeat(40), offset: 0, seq: 82, count: 40 },
            { type: 'node:stream', nodeId: 'review', chunk: 'word '.repeat(40), offset: 0, seq: 83, count: 40 },
          ],
        },
      },
      caughtUp(83),
    ],
  },
  {
    name: 'Who knows of batches and comes back to one text is told it in one event',
    path: '?capabilities=batch',
    lines: [
      {
        happens: 'a step writes eighty passages',
        act: (log) => {
          for (let index = 0; index < 80; index += 1) log.append('execution:e1', passagesOf(['draft'], index))
        },
      },
      subscribe({ since: 3 }),
      subscribed(83),
      { server: { type: 'node:stream', nodeId: 'draft', chunk: 'word '.repeat(80), offset: 0, seq: 83, count: 80 } },
      caughtUp(83),
    ],
  },
  {
    name: 'An acknowledgement is not answered, whatever it says',
    path: '?capabilities=ack',
    lines: [
      subscribe({ since: 3 }),
      subscribed(3),
      caughtUp(3),
      appendLine,
      line(4),
      { client: { type: 'ack', executionId: 'e1', seq: 4 } },
      { client: { type: 'ack', executionId: 'e1', seq: 2 } },
      { client: { type: 'ack', executionId: 'e1', seq: 900 } },
      { client: { type: 'ack', executionId: 'nowhere', seq: 1 } },
      appendLine,
      line(5),
    ],
  },
  {
    name: 'An acknowledgement that was not granted is refused',
    lines: [
      { client: { type: 'ack', id: 1, executionId: 'e1', seq: 0 } },
      { server: { type: 'error', id: 1, code: 'INVALID_INPUT' } },
    ],
  },
  {
    name: 'An error that ends no subscription names none',
    lines: [
      subscribe({ id: 1, since: 3 }),
      subscribed(3, { id: 1 }),
      caughtUp(3),
      { client: { type: 'ack', executionId: 'e1', seq: 3 } },
      { server: { type: 'error', code: 'INVALID_INPUT' } },
      { client: { type: 'applaud', executionId: 'e1' } },
      { server: { type: 'error', code: 'UNKNOWN_MESSAGE_TYPE' } },
      appendLine,
      line(4),
    ],
  },
]
