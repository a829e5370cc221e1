import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
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

const desk = deskDefinition
const edgeOf = (definition: WorkflowDefinition, id: string) => definition.edges.find((edge) => edge.id === id)
const nodeOf = (definition: WorkflowDefinition, id: string) => definition.nodes.find((node) => node.id === id)

const choicesOf = (node: ReturnType<typeof nodeOf>) => (node?.config.choices ?? []) as { id: string }[]

describe('adding', () => {
  it('gives a step an id and a name of its own', () => {
    const once = addNode(desk, createNode(desk, 'llm', { x: 0, y: 0 }))
    const twice = addNode(once, createNode(once, 'llm', { x: 0, y: 0 }))
    expect(twice.nodes.map((node) => node.id)).toEqual(['start', 'draft', 'approve', 'publish', 'llm', 'llm_2'])
    expect(new Set(twice.nodes.map((node) => node.name)).size).toBe(6)
  })

  it('connects it to the port it was pulled from', () => {
    const node = createNode(desk, 'http', { x: 1.4, y: 2.6 })
    const added = addNode(desk, node, { nodeId: 'approve', portId: 'expired' })
    expect(added.edges.at(-1)).toMatchObject({ source: 'approve', sourcePort: 'expired', target: 'http' })
    expect(node.position).toEqual({ x: 1, y: 3 })
  })

  it('draws the same edge once', () => {
    expect(addEdge(desk, { source: 'start', sourcePort: 'out', target: 'draft' })).toBe(desk)
  })

  it('puts a step on an edge, and a loop stays one', () => {
    const inserted = insertOnEdge(desk, 'start-draft', createNode(desk, 'set', { x: 0, y: 0 }))
    expect(edgeOf(inserted, 'start-draft')).toMatchObject({ source: 'start', target: 'set' })
    expect(inserted.edges.at(-1)).toMatchObject({ source: 'set', sourcePort: 'out', target: 'draft' })
    const onLoop = insertOnEdge(desk, 'redo', createNode(desk, 'set', { x: 0, y: 0 }))
    expect(edgeOf(onLoop, 'redo')?.loop).toBeUndefined()
    expect(onLoop.edges.at(-1)).toMatchObject({ source: 'set', target: 'draft', loop: { maxIterations: 5 } })
  })
})

describe('removing', () => {
  it('takes the edges of a step along', () => {
    const removed = removeElements(desk, { nodeIds: new Set(['approve']) })
    expect(removed.edges.map((edge) => edge.id)).toEqual(['start-draft'])
  })

  it('connects the two neighbours of a removed step', () => {
    const inserted = insertOnEdge(desk, 'start-draft', createNode(desk, 'set', { x: 0, y: 0 }))
    const removed = removeElements(inserted, { nodeIds: new Set(['set']) })
    expect(removed.edges.at(-1)).toMatchObject({ source: 'start', sourcePort: 'out', target: 'draft' })
  })

  it('leaves the definition alone when nothing is there to remove', () => {
    expect(removeElements(desk, { nodeIds: new Set(['nobody']) })).toBe(desk)
  })
})

describe('setting up', () => {
  it('takes the edge along when a choice gets another id', () => {
    const approve = nodeOf(desk, 'approve')
    const choices = choicesOf(approve).map((choice) => (choice.id === 'edit' ? { ...choice, id: 'rewrite' } : choice))
    const changed = configureNode(desk, 'approve', { config: { ...approve?.config, choices } })
    expect(edgeOf(changed, 'edit')?.sourcePort).toBe('rewrite')
  })

  it('drops the edge of a choice that is gone, and only that', () => {
    const approve = nodeOf(desk, 'approve')
    const choices = choicesOf(approve).filter((choice) => choice.id !== 'edit')
    const changed = configureNode(desk, 'approve', { config: { ...approve?.config, choices } })
    expect(changed.edges.map((edge) => edge.id)).toEqual(['start-draft', 'draft-approve', 'redo', 'approved'])
  })

  it('keeps the edges while a set-up is half typed', () => {
    const approve = nodeOf(desk, 'approve')
    const changed = configureNode(desk, 'approve', { config: { ...approve?.config, title: '' } })
    expect(changed.edges).toEqual(desk.edges)
  })

  it('takes a setting away with undefined', () => {
    const set = configureNode(desk, 'draft', { timeoutMs: 1000 })
    expect(nodeOf(set, 'draft')?.timeoutMs).toBe(1000)
    expect(Object.keys(nodeOf(configureNode(set, 'draft', { timeoutMs: undefined }), 'draft') ?? {})).not.toContain(
      'timeoutMs',
    )
  })

  it('marks and unmarks a loop', () => {
    expect(edgeOf(setLoop(desk, 'redo', 2), 'redo')?.loop).toEqual({ maxIterations: 2 })
    expect(edgeOf(setLoop(desk, 'redo', null), 'redo')).not.toHaveProperty('loop')
  })
})

describe('renaming', () => {
  it('changes edges and every expression that names the step, and nothing else', () => {
    const renamed = renameNode(desk, 'draft', 'text')
    expect(nodeOf(renamed, 'approve')?.config.body).toBe('{{ text.text }}')
    expect(nodeOf(renamed, 'text')?.config.user).toContain('{{ text.text }}')
    // Words outside the braces are words.
    expect(nodeOf(renamed, 'text')?.config.user).toContain('Write a draft about')
    expect(renamed.edges.filter((edge) => edge.source === 'draft' || edge.target === 'draft')).toEqual([])
  })

  it('leaves fields and quoted texts of the same name alone', () => {
    const node = createNode(desk, 'condition', { x: 0, y: 0 })
    const definition = addNode(desk, { ...node, config: { expression: 'draft.draft == "draft" && other.draft' } })
    const renamed = renameNode(definition, 'draft', 'd')
    expect(nodeOf(renamed, 'condition')?.config.expression).toBe('d.draft == "draft" && other.draft')
  })

  it('refuses an id that another step has', () => {
    expect(renameNode(desk, 'draft', 'approve')).toBe(desk)
  })
})

it('moves nothing when every step is where it should be', () => {
  expect(moveNodes(desk, new Map(desk.nodes.map((node) => [node.id, node.position])))).toBe(desk)
})
