import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { executionId, planOf } from '../../test/drive-run.ts'
import { createState, step } from './interpreter.ts'
import type { EngineInput } from './protocol.ts'

const plan = planOf(
  definition(
    [
      node('start', 'start'),
      node('a', 'http', { name: 'First' }),
      node('b', 'http'),
      node('ask', 'prompt'),
      node('out', 'output'),
    ],
    ['start > a', 'start > b', 'start > ask', 'a > out', 'b > out', 'ask:approve > out'],
  ),
)
const begun = step(plan, createState(plan), { type: 'start', executionId, input: {}, now: 1 }).state
const error = { code: 'HTTP_STATUS', message: 'no' }

function feed(...inputs: ({ now?: number } & Record<string, unknown>)[]) {
  let result = { state: begun, commands: [], events: [] } as ReturnType<typeof step>
  for (const input of inputs) result = step(plan, result.state, { now: 2, ...input } as EngineInput)
  return result
}

describe('stopping a run', () => {
  it('after a failure waits for what runs, then finishes as failed', () => {
    const stopped = feed({ type: 'nodeFailed', nodePath: 'a', error })
    expect(stopped.commands).toEqual([
      { type: 'cancelTimer', timerId: 'run1:ask' },
      { type: 'cancelNode', nodeId: 'b', nodePath: 'b', iteration: 1 },
    ])
    expect(stopped.state.outcome).toBeNull()
    expect(stopped.state.nodes).toMatchObject({
      a: { step: 'failed' },
      b: { step: 'scheduled' },
      ask: { step: 'cancelled', reason: 'First failed' },
      out: { step: 'cancelled' },
    })
    const ended = step(plan, stopped.state, { type: 'nodeCancelled', nodePath: 'b', now: 3 })
    expect(ended.state.nodes.b?.step).toBe('cancelled')
    expect(ended.commands).toEqual([{ type: 'finish', outcome: { status: 'failed', error, failedNodeId: 'a' } }])
  })

  it('counts a running node as cancelled whatever its error says, and as completed when it delivers', () => {
    const failed = feed(
      { type: 'cancel', reason: 'Enough' },
      { type: 'nodeFailed', nodePath: 'a', error },
      { type: 'nodeSucceeded', nodePath: 'b', output: { value: 1 }, attempt: 1 },
    )
    expect(failed.state.nodes).toMatchObject({
      a: { step: 'cancelled', reason: 'Enough' },
      b: { step: 'completed' },
      out: { step: 'cancelled' },
    })
    expect(failed.events.find((event) => event.type === 'node:completed')).toMatchObject({ nodeId: 'b', ports: [] })
    expect(failed.state.outcome).toEqual({ status: 'cancelled', reason: 'Enough' })
  })

  it('keeps the first reason to stop', () => {
    const result = feed(
      { type: 'nodeFailed', nodePath: 'a', error },
      { type: 'cancel', reason: 'Enough' },
      { type: 'nodeFailed', nodePath: 'b', error },
    )
    expect(result.state.outcome).toMatchObject({ status: 'failed', failedNodeId: 'a' })
  })

  it('before the start ends with every node cancelled', () => {
    const { state } = step(plan, createState(plan, executionId), { type: 'cancel', reason: 'Enough', now: 5 })
    expect(state.outcome).toEqual({ status: 'cancelled', reason: 'Enough' })
    expect(Object.values(state.nodes).every((one) => one.step === 'cancelled')).toBe(true)
    expect(step(plan, state, { type: 'start', executionId, input: {}, now: 6 }).state).toBe(state)
  })

  it('ends a node that was cancelled from elsewhere as cancelled and goes on around it', () => {
    const { state } = feed({ type: 'nodeCancelled', nodePath: 'a' })
    expect(state.nodes.a?.step).toBe('cancelled')
    expect(state.stopping).toBeNull()
  })
})
