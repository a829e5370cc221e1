import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { findNodeDefinition } from '@millrace/shared/nodes/registry'

type Node = WorkflowDefinition['nodes'][number]

/** Stands for a text that is not shown. */
const hidden = '…'

/**
 * A drawing for people without an account: what the canvas shows of it, without the notes and without the texts that
 * are evaluated (prompts, addresses, headers, conditions). What came of them is in the run itself.
 */
export function toGuestDrawing(definition: WorkflowDefinition): WorkflowDefinition {
  return { ...definition, nodes: definition.nodes.map(toGuestNode) }
}

function toGuestNode({ note: _note, ...node }: Node): Node {
  const known = findNodeDefinition(node.type)
  const parsed = known?.configSchema.safeParse(node.config)
  // What cannot be read cannot be told apart from what must not be shown.
  if (known === null || parsed?.success !== true) return { ...node, config: {} }
  const config = structuredClone(node.config)
  for (const { path } of known.expressions(parsed.data)) hide(config, path.split('.'))
  return { ...node, config }
}

/** Nothing, where the set-up leaves the field to its default. */
function hide(config: unknown, [key = '', ...rest]: string[]): void {
  if (typeof config !== 'object' || config === null || !(key in config)) return
  const holder = config as Record<string, unknown>
  if (rest.length === 0) holder[key] = hidden
  else hide(holder[key], rest)
}
