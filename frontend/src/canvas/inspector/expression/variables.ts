import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import type { OutputField } from '@millrace/shared/nodes/definition'
import { flowOrder, upstreamOf } from '../../../stores/graph-order.ts'
import { askDefinition } from '../../../stores/graph-ports.ts'

/** Something that an expression can read. */
export interface Variable {
  /** As it is written: `draft.text`. */
  path: string
  type: OutputField['type']
  description: string | null
  /** Its value in the last run; undefined when that has none. */
  value: unknown
}

export interface VariableGroup {
  /** Name of the step that makes them. */
  title: string
  variables: Variable[]
}

/** Outputs of the last run by step. */
export type RunScope = Readonly<Record<string, unknown>>

/** What the expressions of a step can read: outputs of the steps before it, nearest last, then the run itself. */
export function variablesFor(definition: WorkflowDefinition, nodeId: string, scope: RunScope): VariableGroup[] {
  const before = upstreamOf(definition, nodeId)
  before.delete(nodeId)
  for (const id of throughLoops(definition, nodeId)) before.add(id)
  const byId = new Map(definition.nodes.map((node) => [node.id, node]))
  const groups = flowOrder(definition).flatMap((id): VariableGroup[] => {
    const node = byId.get(id)
    if (node === undefined || !before.has(id)) return []
    const fields = askDefinition(node, (type, config) => type.outputFields(config), [])
    const variables = fields.map((field) => ({
      path: `${id}.${field.name}`,
      type: field.type,
      description: field.description ?? null,
      value: fieldOf(scope[id], field.name),
    }))
    return variables.length === 0 ? [] : [{ title: node.name, variables }]
  })
  const run = scope.run
  groups.push({
    title: 'Run',
    variables: [
      { path: 'run.id', type: 'string', description: 'Id of the run', value: fieldOf(run, 'id') },
      { path: 'run.workflow', type: 'string', description: 'Name of the workflow', value: fieldOf(run, 'workflow') },
    ],
  })
  return groups
}

/** Steps that have run before only from the second round of a loop on; templates may read them, they are empty at first. */
function throughLoops(definition: WorkflowDefinition, nodeId: string): string[] {
  return definition.edges.flatMap((edge) => {
    if (edge.loop === undefined) return []
    const isInBody = upstreamOf(definition, edge.source).has(nodeId) && upstreamOf(definition, nodeId).has(edge.target)
    return isInBody ? [...upstreamOf(definition, edge.source)] : []
  })
}

function fieldOf(output: unknown, name: string): unknown {
  return typeof output === 'object' && output !== null && Object.hasOwn(output, name)
    ? (output as Record<string, unknown>)[name]
    : undefined
}

/** A value in a few characters: “north”, 38 items, true. */
export function shortValue(value: unknown): string {
  if (value === undefined) return ''
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`
  if (typeof value === 'object') return `${Object.keys(value).length} fields`
  if (typeof value !== 'string') return String(value as number | boolean)
  const line = value.replace(/\s+/g, ' ')
  return `“${line.length > 24 ? `${line.slice(0, 23)}…` : line}”`
}
