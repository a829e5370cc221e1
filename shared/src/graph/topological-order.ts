import { type GraphEdge, successors } from './graph-edge.ts'

export interface TopologicalOrder {
  /** Ids, each after all its predecessors; ties by id. */
  order: string[]
  /** What no order exists for: nodes of cycles that no loop edge closes, and those behind them. */
  cyclic: string[]
}

/** Order of the nodes with loop edges left out: the same for every drawing of the same graph. */
export function topologicalOrder(ids: readonly string[], edges: readonly GraphEdge[]): TopologicalOrder {
  const next = successors(edges)
  const waitsFor = new Map(ids.map((id) => [id, 0]))
  for (const targets of next.values())
    for (const target of targets) waitsFor.set(target, (waitsFor.get(target) ?? 0) + 1)
  const ready = ids.filter((id) => waitsFor.get(id) === 0).sort()
  const order: string[] = []
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.push(id)
    for (const target of next.get(id) ?? []) {
      const left = (waitsFor.get(target) ?? 0) - 1
      waitsFor.set(target, left)
      if (left === 0) insertSorted(ready, target)
    }
  }
  const ordered = new Set(order)
  return { order, cyclic: ids.filter((id) => !ordered.has(id)) }
}

function insertSorted(list: string[], id: string): void {
  const at = list.findIndex((other) => other > id)
  if (at === -1) list.push(id)
  else list.splice(at, 0, id)
}
