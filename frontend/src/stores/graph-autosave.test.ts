import type { UpdateWorkflow, Workflow } from '@millrace/shared/api/workflows'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deskDefinition } from '../../test/support/review-desk.ts'
import { saveAfterMs, startAutosave } from './graph-autosave.ts'
import { createGraphStore, type GraphStore } from './graph-store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const definition = deskDefinition
const answer = (version: number, body: UpdateWorkflow): Workflow => ({
  id: 'w1',
  name: body.name ?? 'Desk',
  description: '',
  version,
  nodeCount: 4,
  createdAt: 0,
  updatedAt: 0,
  definition,
  problems: [],
})
const openDesk = () => createGraphStore({ workflow: { id: 'w1', name: 'Desk', version: 7, definition } })
const phaseOf = (graph: GraphStore) => graph.store.getState().phase

describe('saving', () => {
  it('waits for a pause, then sends the version the changes began from', async () => {
    const graph = openDesk()
    const sent: UpdateWorkflow[] = []
    const autosave = startAutosave({
      graph,
      save: async (_id, body) => (sent.push(body), answer(body.version + 1, body)),
    })
    graph.rename('A')
    await vi.advanceTimersByTimeAsync(saveAfterMs / 2)
    graph.rename('B')
    await vi.advanceTimersByTimeAsync(saveAfterMs - 1)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent.map(({ name, version }) => [name, version])).toEqual([['B', 7]])
    expect(phaseOf(graph)).toBe('saved')
    graph.rename('C')
    expect(await autosave.flush()).toBe(true)
    expect(sent.at(-1)).toMatchObject({ name: 'C', version: 8 })
    autosave.stop()
  })

  it('never has two saves under way, and sends what came in between afterwards', async () => {
    const graph = openDesk()
    let underWay = 0
    let mostUnderWay = 0
    const names: (string | undefined)[] = []
    const save = async (_id: string, body: UpdateWorkflow) => {
      underWay += 1
      mostUnderWay = Math.max(mostUnderWay, underWay)
      names.push(body.name)
      await new Promise((resolve) => setTimeout(resolve, 500))
      underWay -= 1
      return answer(body.version + 1, body)
    }
    const autosave = startAutosave({ graph, save })
    graph.rename('A')
    const first = autosave.flush()
    await vi.advanceTimersByTimeAsync(100)
    graph.rename('B')
    const second = autosave.flush()
    await vi.advanceTimersByTimeAsync(5000)
    expect(await second).toBe(true)
    await first
    expect(names).toEqual(['A', 'B'])
    expect(mostUnderWay).toBe(1)
    expect(graph.store.getState().version).toBe(9)
    autosave.stop()
  })

  it('stops saving at a conflict until somebody has chosen', async () => {
    const graph = openDesk()
    const save = vi.fn(async () =>
      Promise.reject(
        Object.assign(new Error('Somebody saved a newer version.'), { status: 409, code: 'VERSION_CONFLICT' }),
      ),
    )
    const autosave = startAutosave({ graph, save })
    graph.rename('Mine')
    await vi.advanceTimersByTimeAsync(saveAfterMs)
    expect(phaseOf(graph)).toBe('conflict')
    graph.rename('Mine again')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await autosave.flush()).toBe(false)
    expect(save).toHaveBeenCalledTimes(1)
    expect(graph.store.getState().name).toBe('Mine again')
    graph.load({ id: 'w1', name: 'Theirs', version: 12, definition })
    expect(graph.store.getState()).toMatchObject({ phase: 'saved', name: 'Theirs', version: 12 })
    autosave.stop()
  })

  it('tries again while the server does not answer', async () => {
    const graph = openDesk()
    let failures = 2
    const save = async (_id: string, body: UpdateWorkflow) => {
      if (failures-- > 0) throw Object.assign(new Error('The server does not answer.'), { status: 0, code: 'NETWORK' })
      return answer(8, body)
    }
    const autosave = startAutosave({ graph, save })
    graph.rename('A')
    await vi.advanceTimersByTimeAsync(saveAfterMs)
    expect(phaseOf(graph)).toBe('failed')
    await vi.advanceTimersByTimeAsync(2000 + 5000)
    expect(phaseOf(graph)).toBe('saved')
    autosave.stop()
  })

  it('sends what is unsaved when the page goes, and leaves no timer', async () => {
    const graph = openDesk()
    const sent: UpdateWorkflow[] = []
    const autosave = startAutosave({ graph, save: async (_id, body) => (sent.push(body), answer(8, body)) })
    graph.rename('A')
    autosave.stop()
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
