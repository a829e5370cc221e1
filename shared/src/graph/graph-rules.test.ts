import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reachableFrom, successors } from './graph-edge.ts'
import { enclosingLoops, loopBodies, loopsAround, nestingOf } from './loop-bodies.ts'
import { portsOf } from './ports-of.ts'
import { topologicalOrder } from './topological-order.ts'

const edge = (source: string, target: string, isLoop = false) => ({ id: `${source}${target}`, source, target, isLoop })

describe('topological order', () => {
  it('puts every node after its predecessors and breaks ties by id, however it is drawn', () => {
    const pair = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })).filter(([a, b]) => a !== b)
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (pairs, shuffle) => {
        const ids = Array.from({ length: 10 }, (_, index) => `n${index}`)
        const edges = pairs.map(([a, b]) => edge(`n${Math.min(a, b)}`, `n${Math.max(a, b)}`))
        const { order, cyclic } = topologicalOrder(ids, edges)
        expect(cyclic).toEqual([])
        for (const { source, target } of edges) expect(order.indexOf(source)).toBeLessThan(order.indexOf(target))
        const keys = new Map(ids.map((id) => [id, shuffle.next().value as number]))
        const shuffled = ids.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
        expect(topologicalOrder(shuffled, edges.toReversed()).order).toEqual(order)
      }),
    )
  })

  it('leaves loop edges out and names what lies on or behind other cycles', () => {
    expect(topologicalOrder(['a', 'b'], [edge('a', 'b'), edge('b', 'a', true)])).toEqual({
      order: ['a', 'b'],
      cyclic: [],
    })
    expect(topologicalOrder(['a', 'b', 'c'], [edge('a', 'b'), edge('b', 'a'), edge('b', 'c')])).toEqual({
      order: [],
      cyclic: ['a', 'b', 'c'],
    })
  })
})

describe('loop bodies', () => {
  const edges = [
    edge('s', 'a'),
    edge('a', 'b'),
    edge('b', 'c'),
    edge('a', 'x'),
    edge('x', 'c'),
    edge('c', 'd'),
    edge('b', 'side'),
    edge('b', 'b', true),
    edge('c', 'a', true),
  ]
  const loops = loopBodies(edges)

  it('hold what lies on ways from target to source', () => {
    expect(loops.map(({ edgeId, body }) => [edgeId, [...body].sort()])).toEqual([
      ['bb', ['b']],
      ['ca', ['a', 'b', 'c', 'x']],
    ])
  })

  it('nest', () => {
    const [inner, outer] = loops
    if (inner === undefined || outer === undefined) throw new Error('two loops expected')
    expect([nestingOf(inner, outer), nestingOf(outer, inner)]).toEqual(['inside', 'around'])
    expect(enclosingLoops(inner, loops).map(({ edgeId }) => edgeId)).toEqual(['ca'])
    expect(loopsAround('b', loops).map(({ edgeId }) => edgeId)).toEqual(['ca', 'bb'])
  })

  it('are empty when the edge does not lead back', () => {
    expect(loopBodies([edge('a', 'b'), edge('a', 'b', true)])[0]?.body.size).toBe(0)
  })
})

describe('reach and ports', () => {
  it('follows edges, loop edges only when asked', () => {
    const edges = [edge('a', 'b'), edge('b', 'c', true)]
    expect([...reachableFrom('a', successors(edges))]).toEqual(['a', 'b'])
    expect([...reachableFrom('a', successors(edges, { withLoops: true }))]).toEqual(['a', 'b', 'c'])
  })

  it('offers the ports of a set-up, also of one that is not finished', () => {
    const ids = (node: Parameters<typeof portsOf>[0]) => portsOf(node).map(({ id }) => id)
    expect(ids({ type: 'http', config: { url: 'x' }, onError: 'branch' })).toEqual(['out', 'error'])
    expect(ids({ type: 'http', config: {}, onError: undefined })).toEqual(['out'])
    expect(ids({ type: 'llm', config: { user: '', temperature: 99 }, onError: undefined })).toEqual(['out'])
    expect(ids({ type: 'condition', config: { expression: '' }, onError: undefined })).toEqual(['yes', 'no'])
    expect(
      ids({
        type: 'prompt',
        config: { kind: 'choice', title: '', choices: [{ id: 'a', label: 'A' }], deadlineMs: 5000 },
        onError: undefined,
      }),
    ).toEqual(['a', 'expired'])
    expect(
      ids({
        type: 'prompt',
        config: {
          kind: 'choice',
          title: 'x',
          choices: [
            { id: 'a', label: 'A' },
            { id: '', label: '' },
          ],
        },
        onError: undefined,
      }),
    ).toEqual([])
    expect(ids({ type: 'nothing', config: {}, onError: undefined })).toEqual([])
    expect(ids({ type: 'output', config: {}, onError: undefined })).toEqual([])
  })
})
