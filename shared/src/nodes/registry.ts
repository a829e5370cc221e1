import { condition } from './condition.ts'
import type { NodeDefinition } from './definition.ts'
import { http } from './http.ts'
import { knowledgeSearch } from './knowledge-search.ts'
import { llm } from './llm.ts'
import { output } from './output.ts'
import { prompt } from './prompt.ts'
import { set } from './set.ts'
import { start } from './start.ts'
import { stop } from './stop.ts'

/**
 * Every node type there is, in the order of the palette. Palette, inspector, validation, the API's
 * list and the docs read this list; executors are keyed by it.
 */
export const nodeDefinitions = {
  start,
  llm,
  http,
  condition,
  set,
  prompt,
  knowledge_search: knowledgeSearch,
  output,
  stop,
} as const

export type NodeType = keyof typeof nodeDefinitions

export function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(nodeDefinitions, type)
}

/** The definition with its config type widened, for code that treats all types alike; null for an unknown type. */
export function findNodeDefinition(type: string): NodeDefinition | null {
  return isNodeType(type) ? (nodeDefinitions[type] as unknown as NodeDefinition) : null
}
