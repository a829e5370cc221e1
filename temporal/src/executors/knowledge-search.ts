import { knowledgeSearch as definition } from '@millrace/shared/nodes/knowledge-search'
import type { KnowledgeHit } from '../ports.ts'
import type { NodeExecutor } from './node-executor.ts'
import { parseConfig } from './parse-config.ts'

/** Finds passages; `text` is what a model can cite from. */
export const knowledgeSearch: NodeExecutor = async (rendered, context) => {
  const { knowledgeBaseId, query, limit, mode, minScore } = parseConfig(definition, rendered)
  const hits = await context.ports.knowledge.search(context.owner, { knowledgeBaseId, query, limit, mode, minScore })
  return {
    output: { items: hits.map((hit) => ({ ...hit })), text: numberedSources(hits), count: hits.length },
    metadata: { count: hits.length, mode },
  }
}

function numberedSources(hits: KnowledgeHit[]): string {
  return hits.map(({ documentName, text }, index) => `[${index + 1}] ${documentName}: ${text.trim()}`).join('\n\n')
}
