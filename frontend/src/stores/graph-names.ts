import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

/** `llm`, then `llm_2`, `llm_3`: a name by which expressions can reach the step. */
export function freeNodeId(taken: ReadonlySet<string>, wanted: string): string {
  const base = wanted.replace(/_\d+$/, '').slice(0, 58)
  return firstFree(taken, wanted, (number) => `${base}_${number}`)
}

/** "HTTP request", then "HTTP request 2". */
export function freeNodeName(taken: ReadonlySet<string>, wanted: string): string {
  const base = wanted.replace(/ \d+$/, '').slice(0, 110)
  return firstFree(taken, wanted, (number) => `${base} ${number}`)
}

function firstFree(taken: ReadonlySet<string>, wanted: string, numbered: (number: number) => string): string {
  if (!taken.has(wanted)) return wanted
  for (let number = 2; ; number += 1) {
    const candidate = numbered(number)
    if (!taken.has(candidate)) return candidate
  }
}

export function nodeIds(definition: WorkflowDefinition): Set<string> {
  return new Set(definition.nodes.map((node) => node.id))
}

export function nodeNames(definition: WorkflowDefinition): Set<string> {
  return new Set(definition.nodes.map((node) => node.name))
}
