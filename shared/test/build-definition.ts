import type { JsonObject } from '../src/json.ts'

interface NodeOptions {
  config?: JsonObject
  name?: string
  onError?: 'fail' | 'continue' | 'branch'
  join?: 'all' | 'any' | { n: number }
}

type NodeShape = NodeOptions & { id: string; type: string; name: string }

const defaultConfigs: Record<string, JsonObject> = {
  start: { fields: [] },
  http: { url: 'https://example.test' },
  condition: { expression: 'true' },
  set: { fields: [{ name: 'value', kind: 'template', value: 'x' }] },
  prompt: { kind: 'approve', title: 'Right?' },
  output: { fields: [{ name: 'result', kind: 'template', value: 'done' }] },
  stop: { reason: 'No more' },
}

export function node(id: string, type: string, options: NodeOptions = {}): NodeShape {
  return { id, type, name: options.name ?? id, config: defaultConfigs[type] ?? {}, ...options }
}

/**
 * Edges in one line each: `a > b`, `a:port > b`, and `a:port >> b *3` for a loop edge with its bound. The id is
 * `a-b`, `a.port-b`; that of a loop edge is `loop-a-b`.
 */
export function edge(line: string) {
  const match = /^(\w+)(?::(\w+))? (>>?) (\w+)(?: \*(\d+))?$/.exec(line)
  if (match === null) throw new Error(`Not an edge: ${line}`)
  const [, source = '', sourcePort, arrow, target = '', bound] = match
  const id = `${arrow === '>>' ? 'loop-' : ''}${source}${sourcePort === undefined ? '' : `.${sourcePort}`}-${target}`
  return {
    id,
    source,
    sourcePort: sourcePort ?? 'out',
    target,
    ...(arrow === '>>' ? { loop: { maxIterations: Number(bound ?? 5) } } : {}),
  }
}

export function definition(nodes: NodeShape[], edges: string[]) {
  return { format: 'millrace.workflow', formatVersion: 1, nodes, edges: edges.map(edge) }
}
