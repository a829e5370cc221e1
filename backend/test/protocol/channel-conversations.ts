import {
  questionAnswered,
  questionAsked,
  questionExpired,
  runCompleted,
  runCreated,
  runMoved,
} from '../delivery/listed-drafts.ts'
import { completedDraft, documentDraft, logDraft, type MemoryLog } from '../delivery/memory-log.ts'
import type { Conversation } from './conversation.ts'

const review = { executionId: 'e1', workflowId: 'w1' }
const report = { executionId: 'e2', workflowId: 'w2' }
const topic = 'workspace:ws-1'
const inWorkspace = (log: MemoryLog, ...drafts: Parameters<MemoryLog['append']>[1]) => void log.append(topic, drafts)
const follow = (channel: string, extra: object = {}) => ({ client: { type: 'subscribe', channel, ...extra } })
const subscribed = (channel: string, seq: number) => ({ server: { type: 'subscribed', channel, topic, seq } })
const caughtUp = (channel: string, seq: number) => ({ server: { type: 'caught_up', channel, seq } })
/** The list of what there is before the conversation: nothing. */
const begun = (channel: string) => [
  subscribed(channel, 0),
  { server: { type: 'snapshot', channel, seq: 0, epoch: 'epoch-1', items: [] } },
  caughtUp(channel, 0),
]
const noChannel = (channel: string, extra: object = {}) => ({
  server: { type: 'error', channel, ...extra, code: 'CHANNEL_NOT_FOUND', message: 'There is no such channel.' },
})

/** Conversations about channels. Workflow `w1` and `w2` are of the client's workspace, `w9` of somebody else's. */
export const channelConversations: Conversation[] = [
  {
    name: 'A channel begins with its list, and the tail goes on where the list ends',
    lines: [
      {
        happens: 'a run is created, and one asks for an approval',
        act: (log) => inWorkspace(log, runCreated(review), questionAsked(review, 'q1')),
      },
      follow('prompts', { id: 1 }),
      subscribed('prompts', 2),
      {
        server: {
          type: 'snapshot',
          channel: 'prompts',
          seq: 2,
          items: [{ requestId: 'q1', executionId: 'e1', status: 'open' }],
        },
      },
      caughtUp('prompts', 2),
      {
        happens: 'the question is answered',
        act: (log) => inWorkspace(log, questionAnswered(review, 'q1', { choice: 'approve' })),
      },
      { server: { type: 'user:input:received', requestId: 'q1', workflowId: 'w1', seq: 3, topic } },
    ],
  },
  {
    name: 'A channel is the live tail of what its name says',
    lines: [
      follow('kb:handbook'),
      ...begun('kb:handbook'),
      {
        happens: 'documents of two knowledge bases and a run move on',
        act: (log) =>
          inWorkspace(log, documentDraft('other', 'd1'), runCreated(report), documentDraft('handbook', 'd2')),
      },
      { server: { type: 'kb:document:completed', documentId: 'd2', seq: 3, topic } },
    ],
  },
  {
    name: 'Who comes back to a channel gets what was missed, and no list',
    lines: [
      {
        happens: 'three things happen',
        act: (log) => inWorkspace(log, runCreated(review), documentDraft('handbook', 'd1'), runCompleted(review)),
      },
      follow('executions', { since: 1, epoch: 'epoch-1' }),
      subscribed('executions', 3),
      { server: { type: 'execution:completed', executionId: 'e1', seq: 3 } },
      caughtUp('executions', 3),
    ],
  },
  {
    name: 'A channel of one workflow',
    lines: [
      follow('workflows:w1'),
      ...begun('workflows:w1'),
      {
        happens: 'runs of two workflows are created',
        act: (log) => inWorkspace(log, runCreated(report), runCreated(review)),
      },
      { server: { type: 'execution:created', executionId: 'e1', workflowId: 'w1', seq: 2, topic } },
    ],
  },
  {
    name: 'A channel of everything in a workspace',
    lines: [
      follow('workspaces:ws-1'),
      ...begun('workspaces:ws-1'),
      {
        happens: 'a run is created and a document processed',
        act: (log) => inWorkspace(log, runCreated(report), documentDraft('handbook', 'd1')),
      },
      { server: { type: 'execution:created', seq: 1, topic } },
      { server: { type: 'kb:document:completed', seq: 2, topic } },
    ],
  },
  {
    name: 'Approvals are told in their own words',
    lines: [
      follow('approvals'),
      ...begun('approvals'),
      {
        happens: 'three approvals and a text are asked for, and all but one text end differently',
        act: (log) =>
          inWorkspace(
            log,
            questionAsked(review, 'q1'),
            questionAsked(review, 'q2', { inputType: 'text' }),
            questionAsked(report, 'q3'),
            questionAsked(report, 'q4'),
            questionAnswered(review, 'q1', { choice: 'approve', text: '' }),
            questionAnswered(report, 'q3', { choice: 'reject', text: 'Too long.' }),
            questionExpired(report, 'q4'),
          ),
      },
      { server: { type: 'approval:required', requestId: 'q1', prompt: 'Is this right?', seq: 1, topic } },
      { server: { type: 'approval:required', requestId: 'q3', workflowId: 'w2', seq: 3 } },
      { server: { type: 'approval:required', requestId: 'q4', seq: 4 } },
      { server: { type: 'approval:granted', requestId: 'q1', answeredBy: { userId: 'ada', name: 'Ada' }, seq: 5 } },
      {
        server: { type: 'approval:denied', requestId: 'q3', response: { choice: 'reject', text: 'Too long.' }, seq: 6 },
      },
      { server: { type: 'approval:expired', requestId: 'q4', seq: 7 } },
    ],
  },
  {
    name: 'A filter lets through what fits one entry of each of its lists',
    lines: [
      follow('executions', { filters: { workflow_ids: ['w1'], statuses: ['waiting', 'completed'] } }),
      ...begun('executions'),
      {
        happens: 'runs of two workflows wait, go on and end',
        act: (log) =>
          inWorkspace(
            log,
            runCreated(review),
            runMoved(review, 'execution:waiting'),
            runMoved(report, 'execution:waiting'),
            runMoved(review, 'execution:resumed'),
            runCompleted(report),
            runCompleted(review),
          ),
      },
      { server: { type: 'execution:waiting', executionId: 'e1', seq: 2 } },
      { server: { type: 'execution:completed', executionId: 'e1', seq: 6 } },
    ],
  },
  {
    name: 'A replay is filtered too, and catches up where the topic is',
    lines: [
      {
        happens: 'a run of one workflow is created, and 700 of another',
        act: (log) => inWorkspace(log, runCreated(review), ...Array.from({ length: 700 }, () => runCreated(report))),
      },
      follow('executions', { since: 0, filters: { workflow_ids: ['w1'] } }),
      subscribed('executions', 701),
      { server: { type: 'execution:created', executionId: 'e1', seq: 1 } },
      caughtUp('executions', 701),
    ],
  },
  {
    name: 'A filter that cannot be is refused',
    lines: [
      follow('executions', { id: 1, filters: { statuses: ['asleep'] } }),
      { server: { type: 'error', id: 1, channel: 'executions', code: 'INVALID_INPUT' } },
      follow('executions', { id: 2, filters: { workflow_ids: [] } }),
      { server: { type: 'error', id: 2, channel: 'executions', code: 'INVALID_INPUT' } },
      { client: { type: 'subscribe', id: 3, executionId: 'e1', filters: { statuses: ['failed'] } } },
      { server: { type: 'error', id: 3, executionId: 'e1', code: 'INVALID_INPUT' } },
    ],
  },
  {
    name: 'A wish that is refused leaves what is followed as it was',
    lines: [
      { client: { type: 'subscribe', executionId: 'e1', since: 3 } },
      { server: { type: 'subscribed', executionId: 'e1', seq: 3 } },
      { server: { type: 'caught_up', executionId: 'e1', seq: 3 } },
      { client: { type: 'subscribe', id: 1, channel: 'executions:e1', filters: { statuses: ['failed'] } } },
      { server: { type: 'error', id: 1, channel: 'executions:e1', code: 'INVALID_INPUT' } },
      { happens: 'the run writes a log line', act: (log) => void log.append('execution:e1', [logDraft('e1')]) },
      { server: { type: 'node:log', executionId: 'e1', seq: 4 } },
    ],
  },
  {
    name: 'A run by the name of its channel is the run itself',
    lines: [
      follow('executions:e1', { since: 2, id: 1 }),
      {
        server: {
          type: 'subscribed',
          id: 1,
          executionId: 'e1',
          channel: 'executions:e1',
          seq: 3,
          topic: 'execution:e1',
        },
      },
      { server: { type: 'node:log', executionId: 'e1', seq: 3 } },
      caughtUp('executions:e1', 3),
      { happens: 'the run completes', act: (log) => void log.append('execution:e1', [completedDraft('e1')]) },
      { server: { type: 'execution:completed', executionId: 'e1', seq: 4 } },
      { server: { type: 'ended', executionId: 'e1', channel: 'executions:e1', seq: 4 } },
    ],
  },
  {
    name: 'A workspace is named where the channel does not say it',
    lines: [
      follow('kb', { workspaceId: 'ws-1' }),
      { server: { type: 'subscribed', channel: 'kb', workspaceId: 'ws-1', topic, seq: 0 } },
      { server: { type: 'snapshot', channel: 'kb', workspaceId: 'ws-1', seq: 0, items: [] } },
      { server: { type: 'caught_up', channel: 'kb', workspaceId: 'ws-1', seq: 0 } },
      {
        happens: 'a document is processed',
        act: (log) => void log.append(topic, [documentDraft('handbook', 'd1')]),
      },
      { server: { type: 'kb:document:completed', channel: 'kb', workspaceId: 'ws-1', documentId: 'd1', seq: 1 } },
      { client: { type: 'unsubscribe', channel: 'kb', workspaceId: 'ws-1' } },
      { server: { type: 'unsubscribed', channel: 'kb', workspaceId: 'ws-1' } },
    ],
  },
  {
    name: 'Channels that do not exist and those of others look the same',
    lines: [
      follow('gossip'),
      noChannel('gossip'),
      follow('workflows:nowhere'),
      noChannel('workflows:nowhere'),
      follow('workflows:w9'),
      noChannel('workflows:w9'),
      follow('workspaces:ws-2'),
      noChannel('workspaces:ws-2'),
      follow('executions', { workspaceId: 'ws-2' }),
      noChannel('executions', { workspaceId: 'ws-2' }),
      follow('executions:foreign'),
      noChannel('executions:foreign'),
    ],
  },
  {
    name: 'Connecting to a run is following it',
    path: '/executions/e1?since=2&epoch=epoch-1',
    lines: [
      { server: { type: 'subscribed', executionId: 'e1', seq: 3, epoch: 'epoch-1' } },
      { server: { type: 'node:log', executionId: 'e1', seq: 3 } },
      { server: { type: 'caught_up', executionId: 'e1', seq: 3 } },
      { happens: 'the run writes a log line', act: (log) => void log.append('execution:e1', [logDraft('e1')]) },
      { server: { type: 'node:log', executionId: 'e1', seq: 4 } },
    ],
  },
  {
    name: 'Connecting to a run of somebody else is refused as if there were none',
    path: '/executions/foreign',
    lines: [
      { server: { type: 'error', executionId: 'foreign', code: 'EXECUTION_NOT_FOUND' } },
      { closes: { code: 1008, reason: 'EXECUTION_NOT_FOUND' } },
    ],
  },
  {
    name: 'Connecting to what cannot be a place is refused',
    path: '/executions/e1?since=yesterday',
    lines: [
      { server: { type: 'error', executionId: 'e1', code: 'INVALID_INPUT' } },
      { closes: { code: 4400, reason: 'INVALID_INPUT' } },
    ],
  },
]
