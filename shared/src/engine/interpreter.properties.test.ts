import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definition as drawn, node } from '../../test/build-definition.ts'
import { driveRun, executionId, planOf, type Run, stepsOf, type World } from '../../test/drive-run.ts'
import { drawProgram, type RandomGraph, randomGraph, randomProgram } from '../../test/random-definition.ts'
import { parseEventDraft } from '../events/index.ts'
import { checkAnswer, createState, eventIdsOf, step as feed, nodeOutcomes } from './interpreter.ts'
import type { EngineInput } from './protocol.ts'

const runs = { numRuns: 300 }

function worldOf({ failing, rejected }: RandomGraph): World {
  return {
    effect: ({ nodeId }) => (failing.has(nodeId) ? { error: 'no' } : { output: { ok: true } }),
    answer: ({ nodeId }) => ({ choice: rejected.has(nodeId) ? 'reject' : 'approve' }),
  }
}

/** Any order of what is pending, by a list of choices. */
const order = fc.infiniteStream(fc.nat({ max: 1000 }))
const picking = (choices: Iterator<number>) => () => choices.next().value as number

function expectSound(run: Run): void {
  expect(run.finishes).toHaveLength(1)
  expect(run.state.status).toBe('finished')
  const terminal = ['completed', 'failed', 'skipped', 'cancelled']
  expect(Object.values(stepsOf(run)).filter((step) => !terminal.includes(step))).toEqual([])
  const ids = run.events.map(({ eventId }) => eventId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(eventIdsOf(run.plan, run.state).sort()).toEqual([...ids].sort())
  expect(nodeOutcomes(run.plan, run.state).every(({ status }) => status !== 'pending')).toBe(true)
  let completed = 0
  for (const event of run.events) {
    expect(parseEventDraft(event)).toEqual(event)
    if (event.type !== 'execution:progress') continue
    expect(event.completed).toBeGreaterThanOrEqual(completed)
    completed = event.completed
  }
  if (run.finishes[0]?.status === 'completed') expect(completed).toBe(run.plan.nodes.length)
}

/** What a run comes to, apart from the order of things. */
function essence(run: Run) {
  const { nodes, edges, outputs, outcome } = run.state
  return {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, { step, path, iteration }]) => [id, { step, path, iteration }]),
    ),
    edges,
    outputs,
    outcome,
  }
}

describe('any acyclic graph', () => {
  it('ends with every node ended and one finish, in any order of completions', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: true }), order, (graph, choices) => {
        expectSound(driveRun(planOf(graph.definition), { ...worldOf(graph), pick: picking(choices) }))
      }),
      runs,
    )
  })

  it('comes to the same state in any order of completions, unless a failure ends it early', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: false }), order, (graph, choices) => {
        const plan = planOf(graph.definition)
        const inOrder = driveRun(plan, worldOf(graph))
        const shuffled = driveRun(plan, { ...worldOf(graph), pick: picking(choices) })
        expect(essence(shuffled)).toEqual(essence(inOrder))
      }),
      runs,
    )
  })

  it('runs the same when its state passes through JSON between steps', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: true }), fc.array(fc.nat(), { minLength: 1 }), (graph, choices) => {
        const plan = planOf(graph.definition)
        const world = () => {
          let at = 0
          return { ...worldOf(graph), pick: () => choices[at++ % choices.length] ?? 0 }
        }
        const direct = driveRun(plan, world())
        const stored = driveRun(plan, { ...world(), roundTrip: true })
        expect(stored.events).toEqual(direct.events)
        expect(stored.state).toEqual(direct.state)
      }),
      runs,
    )
  })

  it('comes to the same state however it is paused', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: false }), fc.nat({ max: 10 }), fc.nat({ max: 10 }), (graph, at, length) => {
        const plan = planOf(graph.definition)
        const paused = driveRun(plan, { ...worldOf(graph), pause: { at, for: length } })
        expectSound(paused)
        expect(essence(paused)).toEqual(essence(driveRun(plan, worldOf(graph))))
      }),
      runs,
    )
  })

  it('can be cancelled at any time and ends then', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: true }), order, fc.nat({ max: 15 }), (graph, choices, cancelAt) => {
        const run = driveRun(planOf(graph.definition), { ...worldOf(graph), pick: picking(choices), cancelAt })
        expectSound(run)
        const withdrawn = run.events.filter((event) => event.type === 'user:input:withdrawn').length
        const asked = run.events.filter((event) => event.type === 'user:input:required').length
        const answered = run.events.filter((event) => event.type === 'user:input:received').length
        expect(withdrawn + answered).toBe(asked)
      }),
      runs,
    )
  })

  it('tells a node’s end before anything that follows from it', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: true }), order, (graph, choices) => {
        const plan = planOf(graph.definition)
        const run = driveRun(plan, { ...worldOf(graph), pick: picking(choices) })
        const ended = new Set<string>()
        for (const event of run.events) {
          if (event.type === 'node:completed' || event.type === 'node:failed') ended.add(event.nodeId)
          if (event.type !== 'node:queued' && event.type !== 'node:started') continue
          if (event.nodeId === 'start') continue
          expect(plan.edges.some(({ source, target }) => target === event.nodeId && ended.has(source))).toBe(true)
        }
      }),
      runs,
    )
  })
})

describe('any program of loops', () => {
  const counting: World = { effect: ({ iteration }) => ({ output: { round: iteration } }) }

  it('runs every body as often as it says, nested and beside each other, in any order', () => {
    fc.assert(
      fc.property(randomProgram, order, (program, choices) => {
        const { definition, expected } = drawProgram(program)
        fc.pre(definition.nodes.length <= 60 && [...expected.values()].reduce((sum, count) => sum + count, 0) < 500)
        const run = driveRun(planOf(definition), { ...counting, pick: picking(choices) })
        expectSound(run)
        expect(run.finishes[0]?.status).toBe('completed')
        const counts = new Map<string, number>()
        for (const command of run.commands)
          if (command.type === 'runNode') counts.set(command.nodeId, (counts.get(command.nodeId) ?? 0) + 1)
        expect(counts).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('runs every body as often as it says with a pause in the middle', () => {
    fc.assert(
      fc.property(randomProgram, fc.nat({ max: 40 }), fc.nat({ max: 10 }), (program, at, length) => {
        const { definition, expected } = drawProgram(program)
        fc.pre(definition.nodes.length <= 60 && [...expected.values()].reduce((sum, count) => sum + count, 0) < 500)
        const plan = planOf(definition)
        const paused = driveRun(plan, { ...counting, pause: { at, for: length } })
        expectSound(paused)
        expect(essence(paused)).toEqual(essence(driveRun(plan, counting)))
      }),
      { numRuns: 150 },
    )
  })

  it('can be cancelled in the middle', () => {
    fc.assert(
      fc.property(randomProgram, order, fc.nat({ max: 40 }), (program, choices, cancelAt) => {
        const { definition } = drawProgram(program)
        fc.pre(definition.nodes.length <= 60)
        expectSound(driveRun(planOf(definition), { ...counting, pick: picking(choices), cancelAt }))
      }),
      { numRuns: 150 },
    )
  })
})

describe('any race for a question', () => {
  const choice = fc.constantFrom('approve', 'reject')
  const arrival = fc.oneof(
    fc.record({ type: fc.constant('promptAnswered' as const), choice, who: fc.constantFrom('Ann', 'Bob') }),
    fc.record({ type: fc.constant('timerFired' as const) }),
    fc.record({ type: fc.constant('cancel' as const) }),
    fc.record({ type: fc.constant('nodeSucceeded' as const) }),
  )
  const config = { kind: 'approve', title: '?', deadlineMs: 5000 }
  const plan = planOf(
    drawn(
      [node('start', 'start'), node('ask', 'prompt', { config }), node('h', 'http'), node('out', 'output')],
      ['start > ask', 'start > h', 'ask:approve > out', 'ask:reject > out', 'ask:expired > out', 'h > out'],
    ),
  )
  const requestId = `${executionId}:ask`

  it('closes it exactly once, by the first to come, and says so to the others', () => {
    fc.assert(
      fc.property(fc.array(arrival, { minLength: 1, maxLength: 8 }), (arrivals) => {
        let state = feed(plan, createState(plan), { type: 'start', executionId, input: {}, now: 1 }).state
        const closings: string[] = []
        for (const [index, one] of arrivals.entries()) {
          const wasOpen = checkAnswer(plan, state, requestId, 'approve').ok
          const now = 10 + index
          const input: EngineInput =
            one.type === 'promptAnswered'
              ? {
                  type: one.type,
                  requestId,
                  response: { choice: one.choice },
                  answeredBy: { userId: one.who, name: one.who },
                  now,
                }
              : one.type === 'timerFired'
                ? { type: one.type, timerId: requestId, now }
                : one.type === 'cancel'
                  ? { type: one.type, reason: 'Enough', now }
                  : { type: one.type, nodePath: 'h', output: { value: {} }, attempt: 1, now }
          const result = feed(plan, state, input)
          const closed = result.events.flatMap(({ type }) =>
            /^user:input:(received|expired|withdrawn)$/.test(type) ? [type] : [],
          )
          if (!wasOpen) expect(closed).toEqual([])
          closings.push(...closed)
          state = result.state
        }
        const closes = arrivals.find(({ type }) => type !== 'nodeSucceeded')
        const closingOf = {
          promptAnswered: 'user:input:received',
          timerFired: 'user:input:expired',
          cancel: 'user:input:withdrawn',
          nodeSucceeded: '',
        }
        expect(closings).toEqual(closes === undefined ? [] : [closingOf[closes.type]])
        const check = checkAnswer(plan, state, requestId, 'approve')
        expect(check.ok ? null : check.code).toBe(
          closes === undefined ? null : closes.type === 'promptAnswered' ? 'PROMPT_ALREADY_ANSWERED' : 'PROMPT_CLOSED',
        )
      }),
      runs,
    )
  })
})
