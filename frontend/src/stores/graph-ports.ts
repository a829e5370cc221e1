import type { NodeInstance } from '@millrace/shared/graph/workflow-definition'
import { type NodeDefinition, outPort, type Port } from '@millrace/shared/nodes/definition'
import { findNodeDefinition } from '@millrace/shared/nodes/registry'

/**
 * A set-up while it is being typed: valid fields as the schema reads them, faulty ones as they stand. Lets ports,
 * summaries and variables be shown for a step that cannot run yet.
 */
export function draftConfig(definition: NodeDefinition, config: Record<string, unknown>): Record<string, unknown> {
  const draft: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(definition.configSchema.shape)) {
    const read = (schema as { safeParse: (value: unknown) => { success: boolean; data?: unknown } }).safeParse(
      config[name],
    )
    const value = read.success ? read.data : config[name]
    if (value !== undefined) draft[name] = value
  }
  return draft
}

/** What a definition says about a draft, or `fallback` where the draft is too broken for it. */
export function askDefinition<Answer>(
  node: Pick<NodeInstance, 'type' | 'config'>,
  ask: (definition: NodeDefinition, config: never) => Answer,
  fallback: Answer,
): Answer {
  const definition = findNodeDefinition(node.type)
  if (definition === null) return fallback
  try {
    return ask(definition, draftConfig(definition, node.config) as never)
  } catch {
    // A half-typed set-up may lack what the definition reads; the problems list says so.
    return fallback
  }
}

/** Ports that lead out of a step, the error port included, in the order of the card. */
export function outputPorts(node: Pick<NodeInstance, 'type' | 'config' | 'onError'>): Port[] {
  const ports = askDefinition(node, (definition, config) => definition.outputs(config), [outPort])
  return node.onError === 'branch' ? [...ports, { id: 'error', label: 'on error', kind: 'error' }] : ports
}

/** Whether an edge may lead into this step. */
export function acceptsInput(type: string): boolean {
  return findNodeDefinition(type)?.kind !== 'trigger'
}
