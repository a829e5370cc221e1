import type { TopicKind } from '../events/envelope.ts'
import type { WorkflowEvent } from '../events/index.ts'

/** What a client names: a topic and a filter over it. */
export interface Channel {
  topic: Exclude<TopicKind, 'execution'>
  accepts: (event: WorkflowEvent) => boolean
}

const isExecutionEvent = (event: WorkflowEvent) => event.type.startsWith('execution:')
const isPromptEvent = (event: WorkflowEvent) => event.type.startsWith('user:input:')

/**
 * Reads a channel's name; null for one that does not exist. `executions`: runs of the workspace;
 * `approvals`: questions to people; `kb:{id}`: documents of one knowledge base; `kb`: of all.
 */
export function parseChannel(name: string): Channel | null {
  if (name === 'executions')
    return { topic: 'workspace', accepts: (event) => isExecutionEvent(event) || isPromptEvent(event) }
  if (name === 'approvals') return { topic: 'workspace', accepts: isPromptEvent }
  if (name === 'kb') return { topic: 'workspace', accepts: (event) => event.type.startsWith('kb:') }
  const knowledgeBaseId = /^kb:([\w-]{1,64})$/.exec(name)?.[1]
  if (knowledgeBaseId === undefined) return null
  return {
    topic: 'workspace',
    accepts: (event) => 'knowledgeBaseId' in event && event.knowledgeBaseId === knowledgeBaseId,
  }
}
