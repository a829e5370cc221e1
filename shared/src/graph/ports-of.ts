import type { Port } from '../nodes/definition.ts'
import { findNodeDefinition } from '../nodes/registry.ts'
import type { NodeInstance } from './workflow-definition.ts'

const errorPort: Port = { id: 'error', label: 'on error', kind: 'error' }

type Outlined = Pick<NodeInstance, 'type' | 'config' | 'onError'>

/**
 * Ports that lead out of a node as it is set up, `error` last. Empty for an unknown type. While the set-up is not
 * valid yet, the ports of the type's defaults are offered, so that a half-filled node can be connected.
 */
export function portsOf(node: Outlined): Port[] {
  const definition = findNodeDefinition(node.type)
  if (definition === null) return []
  const parsed = definition.configSchema.safeParse(node.config)
  const config = parsed.success
    ? parsed.data
    : lenient(definition.configSchema, { ...definition.defaults(), ...node.config }, definition.defaults())
  const ports = config === null ? [] : definition.outputs(config)
  return node.onError === 'branch' ? [...ports, errorPort] : ports
}

type Schema = NonNullable<ReturnType<typeof findNodeDefinition>>['configSchema']

/** The parts of a set-up that can be read: faulty fields fall back to the default, or to a filled-in text where there is none. */
function lenient(
  schema: Schema,
  config: Record<string, unknown>,
  defaults: Record<string, unknown>,
): Record<string, unknown> | null {
  const faulty = new Set((schema.safeParse(config).error?.issues ?? []).flatMap(topKeys))
  const kept = Object.fromEntries(Object.entries(config).filter(([key]) => !faulty.has(key)))
  const readable = schema.safeParse(kept)
  if (readable.success) return readable.data
  const missing = readable.error.issues.flatMap(topKeys)
  const filled = schema.safeParse({
    ...kept,
    ...Object.fromEntries(missing.map((key) => [key, filler(defaults[key])])),
  })
  return filled.success ? filled.data : null
}

function filler(value: unknown): unknown {
  return value === undefined || value === '' ? '…' : value
}

function topKeys(issue: { path: PropertyKey[]; code?: string; keys?: string[] }): string[] {
  if (issue.path.length === 0) return issue.keys ?? []
  return [String(issue.path[0])]
}
