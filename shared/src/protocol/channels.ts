import type { WorkflowEvent } from '../events/index.ts'
import { type ApprovalEvent, isApproval, isApprovalEvent, toApprovalEvent } from './approval-events.ts'

/** An event as a channel shows it. */
export type ChannelEvent = WorkflowEvent | ApprovalEvent

/** As it comes: `channel`, and `workspaceId` where the subscription named one, say for which of the channels of its topic. Absent outside channels. */
export type ChannelFrame = ChannelEvent & { channel?: string; workspaceId?: string }

/** What the items of a channel's snapshot are: `ExecutionSummary`, `Prompt` or `KnowledgeDocument` of the HTTP API. */
export type ListKind = 'executions' | 'prompts' | 'approvals' | 'documents'

/** What a client names: a topic, a filter over it, and what to begin with. */
export interface Channel {
  /** Of the table below, for instance `kb:{id}`; null: not of it. */
  pattern: ChannelPattern | null
  /** What stands for `{id}`; null in names without. */
  id: string | null
  topic: 'execution' | 'workspace'
  /** Where its workspace comes from: the subscribe message, or what the id names. */
  workspaceFrom: 'message' | 'id'
  /** Which stored events of the topic are in it. */
  accepts: (event: WorkflowEvent) => boolean
  /** How such an event is sent; null: as it is stored. */
  view: ((event: WorkflowEvent) => ApprovalEvent | null) | null
  /** Whether an event as it was sent is of this channel: two channels of one topic arrive on one socket. */
  shows: (event: ChannelEvent) => boolean
  list: ListKind | null
}

interface ChannelDefinition {
  topic: Channel['topic']
  workspaceFrom: Channel['workspaceFrom']
  accepts: (event: WorkflowEvent, id: string) => boolean
  view?: Channel['view']
  list: ListKind | null
  /** For docs/protocol.md. */
  events: string
}

const isOfRun = ({ type }: WorkflowEvent) => type.startsWith('execution:') || type.startsWith('user:input:')

/** Every channel, once: the docs table derives from it. */
export const channelDefinitions = {
  executions: {
    topic: 'workspace',
    workspaceFrom: 'message',
    accepts: isOfRun,
    list: 'executions',
    events: 'runs and questions',
  },
  'executions:{id}': {
    topic: 'execution',
    workspaceFrom: 'id',
    accepts: () => true,
    list: null,
    events: 'the execution itself: the same subscription as by `executionId`, with its snapshot and `ended`',
  },
  'workflows:{id}': {
    topic: 'workspace',
    workspaceFrom: 'id',
    accepts: (event, id) => isOfRun(event) && 'workflowId' in event && event.workflowId === id,
    list: 'executions',
    events: 'runs and questions of one workflow',
  },
  'workspaces:{id}': {
    topic: 'workspace',
    workspaceFrom: 'id',
    accepts: () => true,
    list: 'executions',
    events: 'everything in the workspace',
  },
  approvals: {
    topic: 'workspace',
    workspaceFrom: 'message',
    accepts: isApproval,
    view: toApprovalEvent,
    list: 'approvals',
    events: 'approvals, as `approval:required`, `reminder`, `granted`, `denied`, `expired`',
  },
  prompts: {
    topic: 'workspace',
    workspaceFrom: 'message',
    accepts: ({ type }) => type.startsWith('user:input:'),
    list: 'prompts',
    events: 'questions of every kind',
  },
  kb: {
    topic: 'workspace',
    workspaceFrom: 'message',
    accepts: ({ type }) => type.startsWith('kb:'),
    list: 'documents',
    events: 'documents of all knowledge bases',
  },
  'kb:{id}': {
    topic: 'workspace',
    workspaceFrom: 'message',
    accepts: (event, id) => 'knowledgeBaseId' in event && event.knowledgeBaseId === id,
    list: 'documents',
    events: 'documents of one',
  },
} as const satisfies Record<string, ChannelDefinition>

export type ChannelPattern = keyof typeof channelDefinitions

/** Reads a channel's name; null for one that does not exist. */
export function parseChannel(name: string): Channel | null {
  const [, family = '', id] = /^([a-z]+)(?::([\w-]{1,64}))?$/.exec(name) ?? []
  const pattern = id === undefined ? family : `${family}:{id}`
  if (!isChannelPattern(pattern)) return null
  const { topic, workspaceFrom, accepts, view = null, list }: ChannelDefinition = channelDefinitions[pattern]
  const isAccepted = (event: WorkflowEvent) => accepts(event, id ?? '')
  const shows = (event: ChannelEvent) => {
    if (isApprovalEvent(event)) return view !== null
    return view === null && isAccepted(event)
  }
  return { pattern, id: id ?? null, topic, workspaceFrom, accepts: isAccepted, view, shows, list }
}

/** A channel that only a newer server knows: whatever it sends is of it. */
export const unknownChannel: Channel = {
  pattern: null,
  id: null,
  topic: 'workspace',
  workspaceFrom: 'message',
  accepts: () => true,
  view: null,
  shows: () => true,
  list: null,
}

function isChannelPattern(pattern: string): pattern is ChannelPattern {
  return Object.hasOwn(channelDefinitions, pattern)
}
