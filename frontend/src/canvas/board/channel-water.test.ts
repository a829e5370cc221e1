import type { ExecutionView, NodeStatus } from '@millrace/shared/engine/execution-view'
import { emptyExecutionView } from '@millrace/shared/engine/reducer'
import { describe, expect, it } from 'vitest'
import { waterOf } from './channel-water.ts'

function viewOf(
  edge: { taken: boolean; iteration: number } | null,
  nodes: Record<string, [NodeStatus, number]> = {},
): ExecutionView {
  const view = emptyExecutionView('x')
  if (edge !== null) view.edges.e = edge
  for (const [id, [status, iteration]] of Object.entries(nodes)) view.nodes[id] = { status, iteration } as never
  return view
}
const water = (view: ExecutionView | null, isLoop = false) => waterOf(view, 'e', { source: 'a', target: 'b', isLoop })

describe('an edge', () => {
  it('is idle without a run and empty until it is decided', () => {
    expect(water(null)).toBe('idle')
    expect(water(viewOf(null, { a: ['running', 1] }))).toBe('empty')
  })

  it('flows while its target is at work, then is full', () => {
    const taken = { taken: true, iteration: 1 }
    expect(water(viewOf(taken, { a: ['completed', 1], b: ['running', 1] }))).toBe('flowing')
    expect(water(viewOf(taken, { a: ['completed', 1], b: ['waiting', 1] }))).toBe('taken')
  })

  it('is not taken only once that is decided', () => {
    expect(water(viewOf({ taken: false, iteration: 1 }, { a: ['completed', 1] }))).toBe('not-taken')
  })

  it('is empty again when its source is in a later round', () => {
    expect(water(viewOf({ taken: true, iteration: 1 }, { a: ['running', 2], b: ['completed', 1] }))).toBe('empty')
  })

  it('into a loop does not flow again in later rounds', () => {
    expect(water(viewOf({ taken: true, iteration: 1 }, { a: ['completed', 1], b: ['running', 2] }))).toBe('taken')
  })
})

describe('a loop edge', () => {
  it('flows while the round it began is at its first step', () => {
    expect(water(viewOf({ taken: true, iteration: 2 }, { a: ['completed', 1], b: ['running', 2] }), true)).toBe(
      'flowing',
    )
    expect(water(viewOf({ taken: true, iteration: 2 }, { a: ['waiting', 2], b: ['completed', 2] }), true)).toBe('taken')
  })

  it('is empty when the loop has ended', () => {
    expect(water(viewOf({ taken: false, iteration: 3 }, { a: ['completed', 2] }), true)).toBe('empty')
  })
})
