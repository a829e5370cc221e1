import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { ann, executionId, planOf } from '../../test/drive-run.ts'
import { parseEventDraft } from '../events/index.ts'
import { validateDefinition } from '../graph/validate.ts'
import { createState, type EngineState, eventIdsOf, step } from './interpreter.ts'
import type { EngineCommand, EngineEvent, EngineInput } from './protocol.ts'

const drawn = (config: { remindAfterMs: number[]; deadlineMs?: number }) =>
  definition(
    [
      node('start', 'start', { config: { fields: [{ name: 'what', type: 'text' }] } }),
      node('ask', 'prompt', {
        name: 'Ask',
        config: { kind: 'approve', title: 'Is {{ start.what }} right?', ...config },
      }),
      node('out', 'output'),
    ],
    ['start > ask', 'ask:approve > out'],
  )
const requestId = `${executionId}:ask`
const timerId = `${requestId}#reminder`

function asked(config: { remindAfterMs: number[]; deadlineMs?: number }, what = 'this') {
  const plan = planOf(drawn(config))
  const run = {
    plan,
    state: createState(plan, executionId) as EngineState,
    events: [] as EngineEvent[],
    at(now: number, input: Record<string, unknown>): { events: EngineEvent[]; commands: EngineCommand[] } {
      const result = step(plan, run.state, { now, ...input } as EngineInput)
      run.state = JSON.parse(JSON.stringify(result.state)) as EngineState
      run.events.push(...result.events)
      return result
    },
    asking: [] as EngineCommand[],
  }
  run.asking = run.at(1000, { type: 'start', executionId, input: { what } }).commands
  return run
}

describe('E18 reminders of a question', () => {
  it('come one after the other in the order of their times, and leave the question open', () => {
    const run = asked({ remindAfterMs: [9000, 5000], deadlineMs: 10_000 })
    expect(run.asking).toEqual([
      { type: 'startTimer', timerId: requestId, fireAt: 11_000 },
      { type: 'startTimer', timerId, fireAt: 6000 },
    ])
    const first = run.at(6000, { type: 'timerFired', timerId })
    expect(first.events).toMatchObject([
      {
        type: 'user:input:reminder',
        requestId,
        number: 1,
        prompt: 'Is this right?',
        nodeName: 'Ask',
        inputType: 'approval',
        deadline: 11_000,
      },
    ])
    expect(first.commands).toEqual([{ type: 'startTimer', timerId, fireAt: 10_000 }])
    expect(run.at(10_000, { type: 'timerFired', timerId })).toMatchObject({ events: [{ number: 2 }], commands: [] })
    expect(run.state.status).toBe('waiting')
    expect(run.at(11_000, { type: 'timerFired', timerId: requestId }).events[0]?.type).toBe('user:input:expired')
    for (const event of run.events) expect(parseEventDraft(event)).toEqual(event)
    expect(eventIdsOf(run.plan, run.state).sort()).toEqual(run.events.map(({ eventId }) => eventId).sort())
  })

  it('are told as one when several are due by now', () => {
    const run = asked({ remindAfterMs: [1000, 2000, 60_000] })
    const late = run.at(9000, { type: 'timerFired', timerId })
    expect(late.events).toMatchObject([{ type: 'user:input:reminder', number: 2 }])
    expect(late.commands).toEqual([{ type: 'startTimer', timerId, fireAt: 61_000 }])
  })

  it('go on after one that fires a little early by the clock of the run', () => {
    const run = asked({ remindAfterMs: [5000, 9000] })
    const early = run.at(5999, { type: 'timerFired', timerId })
    expect(early.events).toMatchObject([{ type: 'user:input:reminder', number: 1 }])
    expect(early.commands).toEqual([{ type: 'startTimer', timerId, fireAt: 10_000 }])
    expect(run.at(9999, { type: 'timerFired', timerId })).toMatchObject({ events: [{ number: 2 }], commands: [] })
    expect(run.at(10_001, { type: 'timerFired', timerId }).events).toEqual([])
  })

  it('repeat the question whole, for secrets are masked before it is cut; for one too long its step stands', () => {
    const promptOf = (what: string) => {
      const run = asked({ remindAfterMs: [5000] }, what)
      const [event] = run.at(6000, { type: 'timerFired', timerId }).events
      return event?.type === 'user:input:reminder' ? event.prompt : null
    }
    expect(promptOf('y'.repeat(3000))).toBe(`Is ${'y'.repeat(3000)} right?`)
    expect(promptOf('y'.repeat(4000))).toBe('Ask')
  })

  it('are kept no longer than their question is open', () => {
    const run = asked({ remindAfterMs: [5000] })
    expect(run.state.prompts[requestId]).toHaveProperty('reminders')
    run.at(2000, { type: 'promptAnswered', requestId, response: { choice: 'approve' }, answeredBy: ann })
    expect(run.state.prompts[requestId]).toMatchObject({ status: 'answered' })
    expect(run.state.prompts[requestId]).not.toHaveProperty('reminders')

    const late = asked({ remindAfterMs: [5000], deadlineMs: 10_000 })
    late.at(11_000, { type: 'timerFired', timerId: requestId })
    expect(late.state.prompts[requestId]).toEqual({ nodePath: 'ask', status: 'expired' })

    const stopped = asked({ remindAfterMs: [5000] })
    stopped.at(2000, { type: 'cancel', reason: 'x' })
    expect(stopped.state.prompts[requestId]).toEqual({ nodePath: 'ask', status: 'withdrawn' })
  })

  it('end with the answer, and with the run', () => {
    const answered = asked({ remindAfterMs: [5000] })
    const input = { type: 'promptAnswered', requestId, response: { choice: 'approve' }, answeredBy: ann }
    expect(answered.at(2000, input).commands).toContainEqual({ type: 'cancelTimer', timerId })
    expect(answered.at(6000, { type: 'timerFired', timerId }).events).toEqual([])

    const stopped = asked({ remindAfterMs: [5000] })
    expect(stopped.at(2000, { type: 'cancel', reason: 'x' }).commands).toContainEqual({ type: 'cancelTimer', timerId })
  })

  it('come while the run is paused', () => {
    const run = asked({ remindAfterMs: [5000] })
    run.at(2000, { type: 'pause' })
    expect(run.at(6000, { type: 'timerFired', timerId }).events).toMatchObject([{ type: 'user:input:reminder' }])
    expect(run.state.status).toBe('paused')
  })

  it('are none where none would come before the deadline, and the drawing says so', () => {
    const late = { remindAfterMs: [5000], deadlineMs: 5000 }
    expect(asked(late).asking).toEqual([{ type: 'startTimer', timerId: requestId, fireAt: 6000 }])
    const said = validateDefinition(drawn(late)).filter(({ code }) => code === 'REMINDER_TOO_LATE')
    expect(said).toMatchObject([{ nodeId: 'ask', path: 'config.remindAfterMs.0', severity: 'warning' }])
    expect(validateDefinition(drawn({ remindAfterMs: [5000] }))).toEqual([])
  })
})
