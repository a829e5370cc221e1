import { knowledgeSearch as definition } from '@millrace/shared/nodes/knowledge-search'
import type { KnowledgeHit } from '../ports.ts'
import { countText, durationText } from './amounts.ts'
import type { NodeExecutor } from './node-executor.ts'
import { parseConfig } from './parse-config.ts'

/** Finds passages; `text` is what a model can cite from. */
export const knowledgeSearch: NodeExecutor = async (rendered, context) => {
  const { knowledgeBaseId, query, limit, mode, minScore } = parseConfig(definition, rendered)
  await context.log('info', `Searches by ${waysOf[mode]}: at most ${countText(limit, 'passage')}`)
  const startedAt = performance.now()
  const hits = await context.ports.knowledge.search(context.owner, { knowledgeBaseId, query, limit, mode, minScore })
  const took = durationText(performance.now() - startedAt)
  if (hits.length === 0) {
    const bound = minScore > 0 ? ` that scores ${minScore} or more` : ''
    await context.log('warn', `Found no passage${bound} in ${took}`)
  } else {
    const best = Math.max(...hits.map(({ score }) => score))
    await context.log(
      'info',
      `Found ${countText(hits.length, 'passage')} in ${took}, the best scores ${best.toFixed(2)}`,
    )
  }
  return {
    output: { items: hits.map((hit) => ({ ...hit })), text: numberedSources(hits), count: hits.length },
    metadata: { count: hits.length, mode },
  }
}

const waysOf = { hybrid: 'words and meaning', vector: 'meaning', text: 'words' } as const

function numberedSources(hits: KnowledgeHit[]): string {
  return hits.map(({ documentName, text }, index) => `[${index + 1}] ${documentName}: ${text.trim()}`).join('\n\n')
}
