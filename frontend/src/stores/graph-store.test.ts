import { WorkflowDefinition as Schema, type WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deskDefinition } from '../../test/support/review-desk.ts'
import {
  addEdge,
  addNode,
  configureNode,
  createNode,
  insertOnEdge,
  moveNodes,
  removeElements,
  renameNode,
  setLoop,
} from './graph-commands.ts'
import { copyFragment, parseFragment, pasteFragment } from './graph-fragment.ts'
import { historyMax } from './graph-history.ts'
import { createGraphStore, type GraphStore } from './graph-store.ts'

function openDesk(now = () => 0): GraphStore {
  return createGraphStore({ workflow: { id: 'w1', name: 'Desk', version: 1, definition: deskDefinition }, now })
}
const definitionOf = (graph: GraphStore) => graph.store.getState().definition

/** Any command on any drawing: indexes are taken modulo what is there. */
const command = fc.record({ kind: fc.nat(8), a: fc.nat(50), b: fc.nat(50), x: fc.integer({ min: -500, max: 500 }) })

function applyAny(
  definition: WorkflowDefinition,
  { kind, a, b, x }: { kind: number; a: number; b: number; x: number },
): WorkflowDefinition {
  const node = definition.nodes[a % Math.max(1, definition.nodes.length)]
  const other = definition.nodes[b % Math.max(1, definition.nodes.length)]
  const edge = definition.edges[b % Math.max(1, definition.edges.length)]
  const types = ['llm', 'http', 'condition', 'set', 'prompt', 'output'] as const
  const fresh = createNode(definition, types[a % types.length] ?? 'set', { x, y: x })
  if (kind === 0 || node === undefined || other === undefined) return addNode(definition, fresh)
  if (kind === 1) return moveNodes(definition, new Map([[node.id, { x, y: -x }]]))
  if (kind === 2) return addEdge(definition, { source: node.id, sourcePort: 'out', target: other.id })
  if (kind === 3)
    return removeElements(definition, {
      nodeIds: new Set([node.id]),
      edgeIds: new Set(edge === undefined ? [] : [edge.id]),
    })
  if (kind === 4)
    return configureNode(definition, node.id, { name: `Name ${x}`, config: { ...node.config, title: `t${x}` } })
  if (kind === 5) return edge === undefined ? definition : insertOnEdge(definition, edge.id, fresh)
  if (kind === 6) return renameNode(definition, node.id, `n${b}`)
  if (kind === 7) return edge === undefined ? definition : setLoop(definition, edge.id, x > 0 ? 3 : null)
  const text = copyFragment(definition, new Set([node.id, other.id]))
  const fragment = text === null ? null : parseFragment(text)
  return fragment === null ? definition : pasteFragment(definition, fragment, { x, y: x }).definition
}

describe('undo', () => {
  it('brings every earlier state back exactly, and redo every later one', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 25 }), (commands) => {
        const graph = openDesk()
        const states = [definitionOf(graph)]
        for (const one of commands) {
          graph.change({ label: 'any' }, (definition) => applyAny(definition, one))
          if (definitionOf(graph) !== states.at(-1)) states.push(definitionOf(graph))
        }
        for (const state of states.slice(0, -1).toReversed()) {
          graph.undo()
          expect(definitionOf(graph)).toBe(state)
        }
        graph.undo()
        expect(definitionOf(graph)).toBe(states[0])
        for (const state of states.slice(1)) {
          graph.redo()
          expect(definitionOf(graph)).toBe(state)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('finds a drawing of the agreed form after any commands, with unique ids and no edge into nothing', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const graph = openDesk()
        for (const one of commands) graph.change({ label: 'any' }, (definition) => applyAny(definition, one))
        const definition = definitionOf(graph)
        expect(Schema.safeParse(definition).error).toBeUndefined()
        const ids = definition.nodes.map((node) => node.id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const edge of definition.edges) expect(ids).toEqual(expect.arrayContaining([edge.source, edge.target]))
        expect([...graph.store.getState().nodesById.keys()]).toEqual(ids)
      }),
      { numRuns: 200 },
    )
  })

  it('takes one gesture back at once', () => {
    let now = 0
    const graph = openDesk(() => now)
    const typed = (name: string) =>
      graph.change({ label: 'rename', key: 'draft/name' }, (definition) => configureNode(definition, 'draft', { name }))
    for (const name of ['D', 'Dr', 'Dra']) {
      typed(name)
      now += 200
    }
    now += 5000
    typed('Draft 2')
    graph.undo()
    expect(graph.store.getState().nodesById.get('draft')?.name).toBe('Dra')
    graph.undo()
    expect(graph.store.getState().nodesById.get('draft')?.name).toBe('Draft')
    expect(graph.store.getState().history.past).toEqual([])
  })

  it('forgets what was undone when something else is done', () => {
    const graph = openDesk()
    graph.change({ label: 'move' }, (definition) => moveNodes(definition, new Map([['draft', { x: 1, y: 1 }]])))
    graph.undo()
    graph.rename('Another name')
    graph.redo()
    expect(graph.store.getState().name).toBe('Another name')
    expect(graph.store.getState().nodesById.get('draft')?.position).toEqual(deskDefinition.nodes[1]?.position)
  })

  it('keeps a bounded number of steps', () => {
    const graph = openDesk()
    for (let x = 1; x <= historyMax + 50; x += 1) {
      graph.change({ label: 'move' }, (definition) => moveNodes(definition, new Map([['draft', { x, y: 0 }]])))
    }
    expect(graph.store.getState().history.past).toHaveLength(historyMax)
  })

  it('leaves steps that a command did not touch the same objects', () => {
    const graph = openDesk()
    const before = graph.store.getState().nodesById
    graph.change({ label: 'set up' }, (definition) => configureNode(definition, 'draft', { name: 'New' }))
    const after = graph.store.getState().nodesById
    for (const id of ['start', 'approve', 'publish']) expect(after.get(id)).toBe(before.get(id))
  })
})

describe('a read-only drawing', () => {
  it('cannot be changed', () => {
    const graph = createGraphStore({
      workflow: { id: 'w', name: 'n', version: 1, definition: deskDefinition },
      readOnly: true,
    })
    graph.change({ label: 'delete' }, (definition) => removeElements(definition, { nodeIds: new Set(['draft']) }))
    expect(definitionOf(graph)).toBe(deskDefinition)
  })
})

describe('pasting', () => {
  it('lets expressions among the copies point to the copies', () => {
    const text = copyFragment(deskDefinition, new Set(['draft', 'approve']))
    const fragment = parseFragment(text ?? '')
    if (fragment === null) throw new Error('not copied')
    const { definition, nodeIds } = pasteFragment(deskDefinition, fragment, { x: 10, y: 20 })
    expect(nodeIds).toEqual(['draft_2', 'approve_2'])
    expect(definition.nodes.find((node) => node.id === 'approve_2')?.config.body).toBe('{{ draft_2.text }}')
    expect(
      definition.edges.filter((edge) => edge.source.endsWith('_2')).map((edge) => [edge.source, edge.target]),
    ).toEqual([
      ['draft_2', 'approve_2'],
      ['approve_2', 'draft_2'],
    ])
    expect(definition.nodes.find((node) => node.id === 'draft_2')?.position).toEqual({ x: 10, y: 20 })
  })

  it('takes a whole workflow, and no other text', () => {
    expect(parseFragment(JSON.stringify(deskDefinition))?.nodes).toHaveLength(4)
    expect(parseFragment('hello')).toBeNull()
    expect(parseFragment('{"format":"millrace.fragment"}')).toBeNull()
    expect(parseFragment('{broken')).toBeNull()
  })
})
