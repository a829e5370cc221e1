import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent } from '@millrace/shared/events'
import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { act, cleanup, render } from '@testing-library/react'
import { type ComponentType, createElement, Profiler } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBoardCommands } from '../src/canvas/board/board-commands.ts'
import { createBoard } from '../src/canvas/board/board-store.ts'
import { FlowCanvas } from '../src/canvas/board/flow-canvas.tsx'
import { Desk } from '../src/canvas/desk.tsx'
import { createExecutionStore } from '../src/stores/execution-store.ts'
import { configureNode } from '../src/stores/graph-commands.ts'
import { createGraphStore } from '../src/stores/graph-store.ts'
import { TooltipProvider } from '../src/ui/tooltip.tsx'

/** Commits inside each card, its text, clock and ports included. */
const renders = new Map<string, number>()

vi.mock('../src/canvas/card/step-card.tsx', async (original) => {
  const { StepCard } = await original<{ StepCard: ComponentType<{ id: string }> }>()
  return {
    StepCard: (props: { id: string }) =>
      createElement(
        Profiler,
        { id: props.id, onRender: (id) => void renders.set(id, (renders.get(id) ?? 0) + 1) },
        createElement(StepCard, props),
      ),
  }
})

const nodeCount = 200

function gridOf(count: number): WorkflowDefinition {
  return WorkflowDefinition.parse({
    nodes: Array.from({ length: count }, (_, index) => ({
      id: `n${index}`,
      type: index === 0 ? 'start' : 'llm',
      name: `Step ${index}`,
      position: { x: (index % 20) * 340, y: Math.floor(index / 20) * 160 },
      config: index === 0 ? {} : { user: 'Write.' },
    })),
    edges: Array.from({ length: count - 1 }, (_, index) => ({
      id: `e${index}`,
      source: `n${index}`,
      target: `n${index + 1}`,
    })),
  })
}

/** What jsdom lacks and React Flow measures with: a card of 248 × 56, and an observer that reports it. */
beforeEach(() => {
  renders.clear()
  vi.stubGlobal(
    'ResizeObserver',
    class {
      readonly report: ResizeObserverCallback
      constructor(report: ResizeObserverCallback) {
        this.report = report
      }
      observe(target: Element) {
        this.report([{ target } as ResizeObserverEntry], this as never)
      }
      unobserve() {}
      disconnect() {}
    },
  )
  vi.stubGlobal(
    'DOMMatrixReadOnly',
    class {
      m22 = 1
    },
  )
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  for (const [name, value] of [
    ['offsetWidth', 248],
    ['offsetHeight', 56],
  ] as const) {
    vi.spyOn(HTMLElement.prototype, name, 'get').mockReturnValue(value)
  }
  document.elementsFromPoint = () => []
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function openCanvas() {
  const definition = gridOf(nodeCount)
  const graph = createGraphStore({ workflow: { id: 'w', name: 'Grid', version: 1, definition } })
  const board = createBoard(definition)
  const execution = createExecutionStore()
  const { container } = render(
    <TooltipProvider>
      <Desk graph={graph} board={board} execution={execution}>
        <FlowCanvas commands={createBoardCommands(graph, board)} isEditable label="Canvas" />
      </Desk>
    </TooltipProvider>,
  )
  const wrapperOf = (id: string) => {
    const found = container.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`)
    if (found === null) throw new Error(`no card of ${id}`)
    return found
  }
  return { graph, board, execution, wrapperOf }
}

/** A mouse event whose `view` is where the dragging library listens on; jsdom's constructor refuses the stand-in that is called `window` here. */
function mouse(target: EventTarget, type: string, clientX: number, clientY: number) {
  const event = new MouseEvent(type, { bubbles: true, cancelable: true, button: 0, buttons: 1, clientX, clientY })
  Object.defineProperty(event, 'view', { value: window })
  act(() => void target.dispatchEvent(event))
}

/** Ids of the cards that rendered since the counters were cleared. */
const rendered = () => [...renders.keys()].sort()

function runningView() {
  let view = emptyExecutionView('x')
  let seq = 0
  const event = (type: string, fields: Record<string, unknown> = {}) => {
    seq += 1
    view = applyEvent(view, {
      type,
      executionId: 'x',
      eventId: String(seq),
      timestamp: seq,
      seq,
      ...fields,
    } as unknown as WorkflowEvent)
    return view
  }
  event('execution:created', { workflowId: 'w', workflowName: 'Grid', workflowVersion: 1, totalNodes: nodeCount })
  event('execution:started', { workflowId: 'w', workflowName: 'Grid', totalNodes: nodeCount })
  return event
}

// Mounting 200 cards in jsdom takes seconds on a busy machine.
describe('a canvas of 200 steps', { timeout: 60_000 }, () => {
  it('draws every card', () => {
    openCanvas()
    expect(rendered()).toHaveLength(nodeCount)
  })

  it('renders no other card while one is dragged', () => {
    const { wrapperOf, graph, board } = openCanvas()
    const before = graph.store.getState().nodesById.get('n7')?.position
    renders.clear()
    mouse(wrapperOf('n7'), 'mousedown', 10, 10)
    for (let step = 1; step <= 30; step += 1) mouse(window, 'mousemove', 10 + step * 12, 10 + step * 9)
    const during = rendered().filter((id) => id !== 'n7')
    const moved = board.store.getState().nodes.find((node) => node.id === 'n7')?.position
    mouse(window, 'mouseup', 370, 280)
    expect(moved).not.toEqual(before)
    expect(during).toEqual([])
    expect(rendered().filter((id) => id !== 'n7')).toEqual([])
    expect(graph.store.getState().nodesById.get('n7')?.position).not.toEqual(before)
    expect(graph.store.getState().history.past).toHaveLength(1)
  })

  it('renders one card for a token', () => {
    const { execution } = openCanvas()
    const event = runningView()
    const at = { nodeId: 'n42', nodePath: 'n42', iteration: 1 }
    act(() => {
      execution.follow('x')
      execution.setView(event('node:started', { ...at, nodeName: 'Step 42', nodeType: 'llm', attempt: 1 }))
    })
    renders.clear()
    for (let token = 0; token < 20; token += 1) {
      act(() =>
        execution.setView(event('node:stream', { ...at, attempt: 1, chunk: 'word ', offset: token * 5, tokens: 1 })),
      )
    }
    expect(rendered()).toEqual(['n42'])
    expect(document.querySelector('[data-node-id="n42"] [data-testid="node-text"]')?.textContent).toBe(
      'word '.repeat(20),
    )
  })

  it('renders two cards at most when a step ends and its edge is taken', () => {
    const { execution } = openCanvas()
    const event = runningView()
    const at = { nodeId: 'n42', nodePath: 'n42', iteration: 1 }
    act(() => {
      execution.follow('x')
      execution.setView(event('node:started', { ...at, nodeName: 'Step 42', nodeType: 'llm', attempt: 1 }))
    })
    renders.clear()
    act(() => {
      event('node:completed', { ...at, attempt: 1, output: { text: 'Done.' }, duration: 5, ports: ['out'] })
      execution.setView(event('edge:settled', { ...at, edgeId: 'e42', taken: true }))
    })
    expect(rendered()).toEqual(['n42', 'n43'])
    expect(document.querySelector('[data-node-id="n42"]')?.getAttribute('data-status')).toBe('completed')
  })

  it('renders one card when one is set up', () => {
    const { graph } = openCanvas()
    renders.clear()
    act(() =>
      graph.change({ label: 'set up' }, (definition) => configureNode(definition, 'n9', { name: 'Another name' })),
    )
    expect(rendered()).toEqual(['n9'])
  })
})
