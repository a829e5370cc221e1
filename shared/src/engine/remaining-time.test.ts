import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { ann, executionId, planOf } from '../../test/drive-run.ts'
import type { WorkflowEvent } from '../events/index.ts'
import { createState, type EngineState, step } from './interpreter.ts'
import type { Plan } from './plan.ts'
import type { EngineEvent, EngineInput } from './protocol.ts'
import { applyEvent, emptyExecutionView } from './reducer.ts'

/** Feeds a run by hand; the estimates are those of its progress events, null where one has none. */
function runOf(plan: Plan, state: EngineState = createState(plan, executionId)) {
  const run = {
    state,
    events: [] as EngineEvent[],
    at(now: number, input: Record<string, unknown>): void {
      const result = step(plan, run.state, { now, ...input } as EngineInput)
      run.state = result.state
      run.events.push(...result.events)
    },
    done(now: number, nodePath: string): void {
      run.at(now, { type: 'nodeSucceeded', nodePath, output: { value: {} }, attempt: 1 })
    },
    estimates: () =>
      run.events.flatMap((event) => (event.type === 'execution:progress' ? [event.estimatedRemainingMs ?? null] : [])),
  }
  run.at(1000, { type: 'start', executionId, input: {} })
  return run
}

const steps = ['a', 'b', 'c', 'd'].map((id) => node(id, 'http'))
const lineOf = (...more: ReturnType<typeof node>[]) => {
  const nodes = [node('start', 'start'), ...more, ...steps, node('out', 'output')]
  return definition(
    nodes,
    nodes
      .slice(1)
      .map(({ id }, index) => `${nodes[index]?.id}${nodes[index]?.type === 'prompt' ? ':approve' : ''} > ${id}`),
  )
}

describe('E03 the time that is left', () => {
  it('is told at the pace of the effects that ran, from the second one on, and not at the end', () => {
    const run = runOf(planOf(lineOf()))
    run.done(3000, 'a')
    run.done(5000, 'b')
    run.done(8000, 'c')
    run.done(9000, 'd')
    expect(run.estimates()).toEqual([null, null, 4000, 2333, null])
  })

  it('counts no waiting for people, and says nothing while one is still to be asked', () => {
    const run = runOf(planOf(lineOf(node('ask', 'prompt'))))
    const answer = { requestId: `${executionId}:ask`, response: { choice: 'approve' }, answeredBy: ann }
    run.at(900_000, { type: 'promptAnswered', ...answer })
    run.done(901_000, 'a')
    run.done(902_000, 'b')
    expect(run.estimates().slice(-1)).toEqual([2000])

    const asked = ['a > b', 'b > c', 'c > ask', 'ask:approve > out', 'start > a']
    const later = runOf(
      planOf(
        definition([node('start', 'start'), ...steps.slice(0, 3), node('ask', 'prompt'), node('out', 'output')], asked),
      ),
    )
    later.done(2000, 'a')
    later.done(3000, 'b')
    expect(later.estimates()).toEqual([null, null, null])
  })

  it('is not told in a run with a loop, or one from before it was measured', () => {
    const again = definition(
      [node('start', 'start'), ...steps, node('q', 'condition'), node('out', 'output')],
      ['start > a', 'a > b', 'b > c', 'c > d', 'd > q', 'q:yes >> c *3', 'q:no > out'],
    )
    const looping = runOf(planOf(again))
    looping.done(2000, 'a')
    looping.done(3000, 'b')
    expect(looping.estimates()).toEqual([null, null, null])

    const plan = planOf(lineOf())
    const { workedMs: _, ...old } = createState(plan, executionId)
    const before = runOf(plan, old)
    before.done(2000, 'a')
    before.done(3000, 'b')
    expect(before.estimates()).toEqual([null, null, null])
  })

  it('becomes the time at which the end is expected, which a run that stands does not have', () => {
    const run = runOf(planOf(lineOf()))
    run.done(2000, 'a')
    run.done(3000, 'b')
    const stored = [...run.events, { type: 'execution:paused', eventId: 'p', timestamp: 3500, executionId, reason: '' }]
    const views = stored.map((_, index) =>
      stored
        .slice(0, index + 1)
        .reduce(
          (view, event, at) => applyEvent(view, { ...event, seq: at + 1 } as WorkflowEvent),
          emptyExecutionView(executionId),
        ),
    )
    expect(views.at(-2)?.progress.expectedEndAt).toBe(5000)
    expect(views.at(-1)?.progress.expectedEndAt).toBeNull()
  })
})
