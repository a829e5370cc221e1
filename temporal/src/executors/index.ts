import type { NodeType } from '@millrace/shared/nodes/registry'
import { http } from './http.ts'
import { insideWorkflow } from './inside-workflow.ts'
import { knowledgeSearch } from './knowledge-search.ts'
import { llm } from './llm.ts'
import type { NodeExecutor } from './node-executor.ts'

export const executors = {
  start: insideWorkflow,
  llm,
  http,
  condition: insideWorkflow,
  set: insideWorkflow,
  prompt: insideWorkflow,
  knowledge_search: knowledgeSearch,
  output: insideWorkflow,
  stop: insideWorkflow,
} as const satisfies Record<NodeType, NodeExecutor>
