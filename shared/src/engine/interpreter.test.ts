import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { driveRun, executionId, planOf, stepsOf, typesOf } from '../../test/drive-run.ts'
import { parseEventDraft } from '../events/index.ts'
import { createState, eventIdsOf, nodeOutcomes, step } from './interpreter.ts'

const start = node('start', 'start')
const out = node('out', 'output', {
  config: { fields: [{ name: 'result', kind: 'cel', value: 'has(a.value) ? a.value : "none"' }] },
})

describe('a line of nodes', () => {
  const plan = planOf(definition([start, node('a', 'set'), node('h', 'http'), out], ['start > a', 'a > h', 'h > out']))

  it('runs from the start to the output', () => {
    const run = driveRun(plan)
    expect(run.finishes).toEqual([{ status: 'completed', outputs: { result: 'x' } }])
    expect(stepsOf(run)).toEqual({ start: 'completed', a: 'completed', h: 'completed', out: 'completed' })
  })

  it('tells every event in the form of its schema, under an id of its own', () => {
    const run = driveRun(plan)
    for (const event of run.events) expect(parseEventDraft(event)).toEqual(event)
    const ids = run.events.map(({ eventId }) => eventId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(eventIdsOf(plan, run.state).sort()).toEqual([...ids].sort())
    expect(typesOf(run)[0]).toBe('execution:started')
  })

  it('leaves the starting of effects to the activity and ends by a command, not by an event', () => {
    const run = driveRun(plan)
    expect(run.events.filter((event) => event.type === 'node:started').map((event) => event.nodeId)).toEqual([
      'start',
      'a',
      'out',
    ])
    expect(run.events.filter((event) => event.type === 'node:queued').map((event) => event.nodeId)).toEqual(['h'])
    expect(typesOf(run).filter((type) => /execution:(completed|failed|cancelled)/.test(type))).toEqual([])
  })

  it('ignores what comes late, twice or about nothing', () => {
    const run = driveRun(plan)
    const late = { type: 'nodeSucceeded', nodePath: 'h', output: { value: 1 }, attempt: 1, now: 5 } as const
    expect(step(plan, run.state, late)).toEqual({ state: run.state, commands: [], events: [] })
    const begun = step(plan, createState(plan), { type: 'start', executionId, input: {}, now: 1 }).state
    expect(step(plan, begun, { ...late, nodePath: 'nobody' }).state).toBe(begun)
    expect(step(plan, begun, { type: 'start', executionId, input: {}, now: 2 }).state).toBe(begun)
    expect(step(plan, begun, { type: 'timerFired', timerId: 'constructor', now: 2 }).state).toBe(begun)
  })

  it('does not touch the state it is given', () => {
    expect(() => driveRun(plan, { roundTrip: true })).not.toThrow()
  })

  it('lists how every node ended', () => {
    const run = driveRun(plan)
    expect(nodeOutcomes(plan, run.state).map(({ nodePath, status }) => [nodePath, status])).toEqual([
      ['start', 'completed'],
      ['a', 'completed'],
      ['h', 'completed'],
      ['out', 'completed'],
    ])
  })
})

describe('branches and joins', () => {
  const branched = (expression: string, join?: 'all' | 'any' | { n: number }) =>
    planOf(
      definition(
        [
          start,
          node('c', 'condition', { name: 'Prices wanted?', config: { expression } }),
          node('a', 'set', { name: 'Fetch' }),
          node('b', 'set'),
          node('out', 'output', join === undefined ? {} : { join }),
        ],
        ['start > c', 'c:yes > a', 'c:no > b', 'a > out', 'b > out'],
      ),
    )

  it('takes one way and skips the other with a reason', () => {
    const run = driveRun(branched('1 > 2'))
    expect(stepsOf(run)).toMatchObject({ a: 'skipped', b: 'completed', out: 'completed' })
    expect(run.events.find((event) => event.type === 'node:skipped')).toMatchObject({
      nodeId: 'a',
      reason: 'Prices wanted? went the other way',
    })
  })

  it('settles every edge once', () => {
    const run = driveRun(branched('true'))
    const settled = run.events.flatMap((event) => (event.type === 'edge:settled' ? [[event.edgeId, event.taken]] : []))
    expect(Object.fromEntries(settled)).toEqual({
      'start-c': true,
      'c.yes-a': true,
      'c.no-b': false,
      'a-out': true,
      'b-out': false,
    })
    expect(settled).toHaveLength(5)
  })

  it('skips a join that waits for more inputs than come', () => {
    const run = driveRun(branched('true', { n: 2 }))
    expect(run.events.find((event) => event.type === 'node:skipped' && event.nodeId === 'out')).toMatchObject({
      reason: 'Only 1 of 2 inputs came',
    })
  })

  it('fails when a condition is neither true nor false', () => {
    const plan = planOf(
      definition(
        [
          node('start', 'start', { config: { fields: [{ name: 'x' }] } }),
          node('c', 'condition', { config: { expression: 'start.x' } }),
          node('out', 'output'),
        ],
        ['start > c', 'c:yes > out'],
      ),
    )
    expect(driveRun(plan, { input: { x: 'text' } }).finishes[0]).toMatchObject({
      status: 'failed',
      failedNodeId: 'c',
      error: { code: 'EXPRESSION_FAILED' },
    })
  })

  it.each(['any', { n: 1 }] as const)(
    'goes on with the first input when the join is %j and absorbs the later ones',
    (join) => {
      const plan = planOf(
        definition(
          [start, node('a', 'http'), node('b', 'http'), node('out', 'http', { join })],
          ['start > a', 'start > b', 'a > out', 'b > out'],
        ),
      )
      const run = driveRun(plan, { pick: (count) => count - 1 })
      expect(run.commands.filter((command) => command.type === 'runNode').map((command) => command.nodeId)).toEqual([
        'a',
        'b',
        'out',
      ])
      expect(run.events.findIndex((event) => event.type === 'node:queued' && event.nodeId === 'out')).toBeLessThan(
        run.events.findIndex((event) => event.type === 'node:completed' && event.nodeId === 'a'),
      )
      expect(run.finishes).toHaveLength(1)
    },
  )

  it('merges several output nodes, the later in plan order wins', () => {
    const result = (value: string) => ({
      config: {
        fields: [
          { name: 'result', kind: 'template', value },
          { name: value, kind: 'template', value },
        ],
      },
    })
    const plan = planOf(
      definition(
        [start, node('o1', 'output', result('one')), node('o2', 'output', result('two'))],
        ['start > o1', 'start > o2'],
      ),
    )
    expect(driveRun(plan).finishes).toEqual([
      { status: 'completed', outputs: { result: 'two', one: 'one', two: 'two' } },
    ])
  })
})

describe('errors', () => {
  const failing = { effect: ({ nodeId }: { nodeId: string }) => (nodeId === 'h' ? { error: 'no' } : { output: {} }) }
  const plan = (onError: 'fail' | 'continue' | 'branch') =>
    planOf(
      definition(
        [
          start,
          node('h', 'http', { onError }),
          node('next', 'output', { config: { fields: [{ name: 'error', kind: 'cel', value: 'h.error.message' }] } }),
          ...(onError === 'branch'
            ? [
                node('fix', 'set', {
                  config: { fields: [{ name: 'why', kind: 'template', value: '{{ h.error.message }}' }] },
                }),
              ]
            : []),
        ],
        ['start > h', 'h > next', ...(onError === 'branch' ? ['h:error > fix'] : [])],
      ),
    )

  it('fails the run and cancels what has not begun', () => {
    const run = driveRun(plan('fail'), failing)
    expect(run.finishes).toEqual([
      { status: 'failed', failedNodeId: 'h', error: { code: 'HTTP_STATUS', message: 'no' } },
    ])
    expect(stepsOf(run)).toMatchObject({ h: 'failed', next: 'cancelled' })
  })

  it('continues by the normal ports with the error as output', () => {
    const run = driveRun(plan('continue'), failing)
    expect(run.finishes).toEqual([{ status: 'completed', outputs: { error: 'no' } }])
    expect(run.events.find((event) => event.type === 'node:failed')).toMatchObject({ handled: 'continue' })
  })

  it('takes the error branch', () => {
    const run = driveRun(plan('branch'), failing)
    expect(stepsOf(run)).toMatchObject({ h: 'failed', fix: 'completed', next: 'skipped' })
    expect(run.state.outputs.fix).toEqual({ value: { why: 'no' } })
    expect(run.events.find((event) => event.type === 'node:skipped')).toMatchObject({ reason: 'h failed' })
  })

  it('does not take the error branch of a node that succeeds', () => {
    const run = driveRun(plan('branch'), { effect: () => ({ output: { error: { message: '-' } } }) })
    expect(stepsOf(run)).toMatchObject({ h: 'completed', fix: 'skipped', next: 'completed' })
  })
})

describe('outputs by reference', () => {
  const plan = planOf(
    definition(
      [
        start,
        node('h', 'http'),
        node('s', 'set', { config: { fields: [{ name: 'v', kind: 'cel', value: 'h.body' }] } }),
      ],
      ['start > h', 'h > s'],
    ),
  )
  const ref = { ref: 'sha', bytes: 100_000, preview: '…' }

  it('has a pure node that reads one evaluated outside', () => {
    const begun = step(plan, createState(plan), { type: 'start', executionId, input: {}, now: 1 }).state
    const asked = step(plan, begun, { type: 'nodeSucceeded', nodePath: 'h', output: { ref }, attempt: 1, now: 2 })
    expect(asked.commands).toMatchObject([
      { type: 'evaluate', nodePath: 's', scope: { h: { ref }, run: { value: { id: executionId, workflow: 'Test' } } } },
    ])
    const rendered = { fields: [{ name: 'v', kind: 'cel', value: [1] }] }
    const done = step(plan, asked.state, { type: 'evaluated', nodePath: 's', config: rendered, now: 3 })
    expect(done.state.outputs.s).toEqual({ value: { v: [1] } })
    expect(done.state.outcome).toEqual({ status: 'completed', outputs: {} })
    const failed = step(plan, asked.state, {
      type: 'nodeFailed',
      nodePath: 's',
      error: { code: 'EXPRESSION_FAILED', message: 'no' },
      now: 3,
    })
    expect(failed.state.outcome).toMatchObject({ status: 'failed', failedNodeId: 's' })
  })
})
