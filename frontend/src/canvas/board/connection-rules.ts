import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { downstreamOf } from '../../stores/graph-order.ts'
import { acceptsInput, outputPorts } from '../../stores/graph-ports.ts'

export interface WantedEdge {
  source: string
  sourcePort: string
  target: string
}

/** plain: may be drawn. loop: closes a cycle, so it needs a bound. refused: cannot be drawn, and why. */
export type ConnectionVerdict = { kind: 'plain' } | { kind: 'loop' } | { kind: 'refused'; reason: string }

const refused = (reason: string): ConnectionVerdict => ({ kind: 'refused', reason })

/** Whether an edge may be drawn. The one place that decides it, for dragging, keys, search and paste alike. */
export function judgeConnection(definition: WorkflowDefinition, wanted: WantedEdge): ConnectionVerdict {
  const source = definition.nodes.find((node) => node.id === wanted.source)
  const target = definition.nodes.find((node) => node.id === wanted.target)
  if (source === undefined || target === undefined) return refused('One of the two steps is gone.')
  if (source === target) return refused('A step cannot lead to itself.')
  if (!acceptsInput(target.type)) return refused(`Nothing can lead to “${target.name}”: a run begins there.`)
  if (!outputPorts(source).some((port) => port.id === wanted.sourcePort)) {
    return refused(`“${source.name}” has no such way out.`)
  }
  const isThere = definition.edges.some(
    (edge) => edge.source === wanted.source && edge.sourcePort === wanted.sourcePort && edge.target === wanted.target,
  )
  if (isThere) return refused('These two are connected already.')
  return downstreamOf(definition, target.id).has(source.id) ? { kind: 'loop' } : { kind: 'plain' }
}
