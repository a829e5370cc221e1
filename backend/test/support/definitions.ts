/** Drawings for tests, in the public format. */

export const startNode = (fields: unknown[] = []) => ({ id: 'start', type: 'start', name: 'Start', config: { fields } })

export const edge = (source: string, target: string, sourcePort = 'out', extra: object = {}) => ({
  id: `${source}-${sourcePort}-${target}`,
  source,
  sourcePort,
  target,
  ...extra,
})

export const demoWriter = (id: string, demo: Record<string, unknown> = {}, extra: object = {}) => ({
  id,
  type: 'llm',
  name: id,
  config: { provider: 'demo', model: 'demo-writer', user: 'Write a notice about oak floors.', maxTokens: 4000, demo },
  ...extra,
})

export const result = (value: string, extra: object = {}) => ({
  id: 'result',
  type: 'output',
  name: 'Result',
  config: { fields: [{ name: 'text', kind: 'template', value }] },
  ...extra,
})

export const approval = (id: string, config: object = {}) => ({
  id,
  type: 'prompt',
  name: 'Approve',
  config: { kind: 'approve', title: 'Is this right?', ...config },
})

/** start → n demo writers in a row → output of the last. */
export function writersInARow(count: number, demo: Record<string, unknown> = {}) {
  const ids = Array.from({ length: count }, (_, index) => `w${index + 1}`)
  const path = ['start', ...ids, 'result']
  return {
    nodes: [startNode(), ...ids.map((id) => demoWriter(id, demo)), result(`{{ ${ids.at(-1)}.text }}`)],
    edges: path.slice(1).map((target, index) => edge(path[index] ?? '', target)),
  }
}
