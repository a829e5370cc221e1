import { type Analysis, problem } from './analyse-definition.ts'
import type { EdgeInstance, WorkflowProblem } from './workflow-definition.ts'

/** Ends and ports of all edges. */
export function checkEdges(analysis: Analysis): WorkflowProblem[] {
  const ids = new Set<string>()
  const joined = new Set<string>()
  const problems = analysis.definition.edges.flatMap((edge) => {
    const found = checkEnds(edge, analysis)
    if (ids.has(edge.id))
      found.push(problem('EDGE_ID_DUPLICATE', `Another edge has the id “${edge.id}” already.`, { edgeId: edge.id }))
    ids.add(edge.id)
    const ends = `${edge.source} ${edge.sourcePort} ${edge.target}`
    if (joined.has(ends)) found.push(problem('EDGE_DUPLICATE', 'These two are connected already.', { edgeId: edge.id }))
    joined.add(ends)
    return found
  })
  return [...problems, ...checkErrorPorts(analysis)]
}

function checkEnds(edge: EdgeInstance, { byId }: Analysis): WorkflowProblem[] {
  const edgeId = edge.id
  const source = byId.get(edge.source)
  const target = byId.get(edge.target)
  const problems: WorkflowProblem[] = []
  if (source === undefined)
    problems.push(
      problem('EDGE_SOURCE_MISSING', `The edge begins at “${edge.source}”, which does not exist.`, { edgeId }),
    )
  if (target === undefined)
    problems.push(
      problem('EDGE_TARGET_MISSING', `The edge ends at “${edge.target}”, which does not exist.`, { edgeId }),
    )
  if (target?.definition?.kind === 'trigger')
    problems.push(problem('EDGE_INTO_START', 'Nothing can lead into the start.', { edgeId }))
  const hasPort = source?.ports.some((port) => port.id === edge.sourcePort) ?? true
  if (source?.definition && !hasPort)
    problems.push(
      problem('EDGE_PORT_UNKNOWN', portMessage(edge, source.node.name, source.ports), { edgeId, nodeId: edge.source }),
    )
  return problems
}

function portMessage(edge: EdgeInstance, name: string, ports: { id: string }[]): string {
  if (edge.sourcePort === 'error') return `“${name}” has no error branch; set “On error” to branch.`
  if (edge.sourcePort === 'expired') return `“${name}” has no deadline, so it cannot expire.`
  if (ports.length === 0) return `Nothing leads out of “${name}”.`
  return `“${name}” has no way out called “${edge.sourcePort}”; it has ${ports.map((port) => port.id).join(', ')}.`
}

function checkErrorPorts({ nodes, definition }: Analysis): WorkflowProblem[] {
  return nodes
    .filter(
      ({ node }) =>
        node.onError === 'branch' &&
        !definition.edges.some((edge) => edge.source === node.id && edge.sourcePort === 'error'),
    )
    .map(({ node }) =>
      problem('ERROR_PORT_UNUSED', 'The error branch leads nowhere: errors pass unnoticed.', {
        nodeId: node.id,
        path: 'onError',
        severity: 'warning',
      }),
    )
}
