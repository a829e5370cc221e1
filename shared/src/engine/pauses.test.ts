import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { ann, executionId, planOf } from '../../test/drive-run.ts'
import { parseEventDraft } from '../events/index.ts'
import { engineLimits } from './engine-limits.ts'
import { checkPause, createState, type EngineState, eventIdsOf, step } from './interpreter.ts'
import type { Plan } from './plan.ts'
import type { EngineEvent, EngineInput } from './protocol.ts'

type Untimed<Input = EngineInput> = Input extends unknown ? Omit<Input, 'now'> : never

/** A run that is fed by hand; keeps all that was told and commanded since it began. */
function runOf(plan: Plan) {
  const run = {
    state: createState(plan, executionId) as EngineState,
    events: [] as EngineEvent[],
    now: 1,
    /** Types of the events, and what was commanded, by this input. */
    feed(input: Untimed): string[] {
      run.now += 10
      const result = step(plan, run.state, { ...input, now: run.now } as EngineInput)
      run.state = JSON.parse(JSON.stringify(result.state)) as EngineState
      run.events.push(...result.events)
      const commands = result.commands.map((one) => ('nodeId' in one ? `${one.type} ${one.nodeId}` : one.type))
      return [...result.events.map(({ type }) => type), ...commands]
    },
  }
  run.feed({ type: 'start', executionId, input: {} })
  return run
}

const done = (nodePath: string): Untimed => ({ type: 'nodeSucceeded', nodePath, output: { value: {} }, attempt: 1 })
const approve = (nodePath = 'ask'): Untimed => ({
  type: 'promptAnswered',
  requestId: `${executionId}:${nodePath}`,
  response: { choice: 'approve' },
  answeredBy: ann,
})

const line = planOf(
  definition(
    [node('start', 'start'), node('a', 'http'), node('b', 'http'), node('out', 'output')],
    ['start > a', 'a > b', 'b > out'],
  ),
)
const asking = planOf(
  definition(
    [node('start', 'start'), node('ask', 'prompt'), node('h', 'http'), node('out', 'output')],
    ['start > ask', 'ask:approve > h', 'h > out'],
  ),
)

describe('E06 E07 a paused run', () => {
  it('begins nothing new, keeps what finishes, and goes on where it stood', () => {
    const run = runOf(line)
    expect(run.feed({ type: 'pause', by: ann, reason: 'Lunch' })).toEqual(['execution:paused'])
    expect(run.events.at(-1)).toMatchObject({ type: 'execution:paused', reason: 'Lunch', by: ann })
    expect(run.feed(done('a'))).toEqual(['node:completed', 'edge:settled', 'execution:progress'])
    expect(run.state.status).toBe('paused')
    expect(run.feed({ type: 'resume', by: ann })).toEqual(['execution:resumed', 'node:queued', 'runNode b'])
    expect(run.state.status).toBe('running')
    run.feed(done('b'))
    expect(run.state.outcome).toMatchObject({ status: 'completed' })
  })

  it('is left as it is when it is paused again, and a running one when it is resumed', () => {
    const run = runOf(line)
    expect(run.feed({ type: 'resume' })).toEqual([])
    run.feed({ type: 'pause' })
    expect(run.feed({ type: 'pause' })).toEqual([])
    run.feed({ type: 'resume' })
    expect(run.feed({ type: 'resume' })).toEqual([])
    expect(run.feed({ type: 'pause' })).toEqual(['execution:paused'])
    const ids = run.events.map(({ eventId }) => eventId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('takes answers and lets deadlines pass, and begins what follows when it goes on', () => {
    const run = runOf(asking)
    expect(run.state.status).toBe('waiting')
    run.feed({ type: 'pause' })
    expect(run.state.status).toBe('paused')
    expect(run.feed(approve())).toEqual(['user:input:received', 'node:completed', 'edge:settled', 'execution:progress'])
    expect(run.feed({ type: 'resume' })).toEqual(['execution:resumed', 'node:queued', 'runNode h'])
    run.feed(done('h'))
    expect(run.state.outcome).toMatchObject({ status: 'completed' })
  })

  it('waits again when it goes on and only people can move it, every time', () => {
    const run = runOf(asking)
    for (let time = 0; time < 2; time += 1) {
      run.feed({ type: 'pause' })
      expect(run.feed({ type: 'resume' })).toEqual(['execution:resumed', 'execution:waiting'])
      expect(run.state.status).toBe('waiting')
    }
    expect(run.feed(approve())).toContain('execution:resumed')
    const ids = run.events.map(({ eventId }) => eventId)
    expect(eventIdsOf(asking, run.state).sort()).toEqual([...ids].sort())
    for (const event of run.events) expect(parseEventDraft(event)).toEqual(event)
  })

  it('begins the next round of a loop only when it goes on', () => {
    const looping = planOf(
      definition(
        [node('start', 'start'), node('a', 'http'), node('ask', 'prompt'), node('out', 'output')],
        ['start > a', 'a > ask', 'ask:reject >> a *3', 'ask:approve > out'],
      ),
    )
    const run = runOf(looping)
    const first = run.state.nodes.a?.path ?? ''
    run.feed(done(first))
    run.feed({ type: 'pause' })
    const asked = run.state.nodes.ask?.path ?? ''
    const again = run.feed({ ...approve(asked), response: { choice: 'reject' } } as Untimed)
    expect(again.filter((one) => one.startsWith('runNode'))).toEqual([])
    expect(run.feed({ type: 'resume' })).toEqual(['execution:resumed', 'node:queued', 'runNode a'])
    expect(run.state.nodes.a).toMatchObject({ iteration: 2, step: 'scheduled' })
  })

  it('ends when its last step does, fails when one does, and can be stopped', () => {
    const last = runOf(line)
    last.feed(done('a'))
    last.feed({ type: 'pause' })
    last.feed({ type: 'nodeFailed', nodePath: 'b', error: { code: 'HTTP_STATUS', message: 'no' } })
    expect(last.state.outcome).toMatchObject({ status: 'failed', failedNodeId: 'b' })

    const stopped = runOf(line)
    stopped.feed({ type: 'pause' })
    stopped.feed({ type: 'cancel', reason: 'Enough' })
    expect(checkPause(stopped.state, 'resume')).toMatchObject({ ok: false, code: 'EXECUTION_FINISHED' })
    expect(stopped.feed({ type: 'resume' })).toEqual([])
    stopped.feed({ type: 'nodeCancelled', nodePath: 'a' })
    expect(stopped.state.outcome).toEqual({ status: 'cancelled', reason: 'Enough' })
    const ids = stopped.events.map(({ eventId }) => eventId)
    expect(eventIdsOf(line, stopped.state).sort()).toEqual([...ids].sort())
  })

  it('is paused only as often as its state can name', () => {
    const run = runOf(line)
    const many: EngineState = { ...run.state, pauses: Array<string>(engineLimits.pausesMax).fill('hm') }
    expect(checkPause(many, 'pause')).toMatchObject({ ok: false, code: 'LIMIT_REACHED' })
    expect(step(line, many, { type: 'pause', now: 9 }).state).toBe(many)
  })
})
