import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { ann, driveRun, executionId, planOf, typesOf } from '../../test/drive-run.ts'
import type { JsonObject } from '../json.ts'
import { approveChoices } from '../nodes/prompt.ts'
import { readAnswer } from './check-answer.ts'
import { checkAnswer, createState, isQuiescent, step } from './interpreter.ts'
import type { PromptConfig } from './prompt-request.ts'

const start = node('start', 'start')
const plan = planOf(
  definition(
    [
      start,
      node('ask', 'prompt', { config: { kind: 'approve', title: 'Is {{ start.topic }} right?', deadlineMs: 60_000 } }),
      node('yes', 'output', { config: { fields: [{ name: 'by', kind: 'template', value: '{{ ask.answered_by }}' }] } }),
      node('no', 'set'),
      node('late', 'set'),
    ],
    ['start > ask', 'ask:approve > yes', 'ask:reject > no', 'ask:expired > late'],
  ),
)
const requestId = `${executionId}:ask`
const opened = () => step(plan, createState(plan), { type: 'start', executionId, input: { topic: 'this' }, now: 1000 })

describe('a question', () => {
  it('is asked with its deadline, and the run waits', () => {
    const { state, events, commands } = opened()
    expect(events.find((event) => event.type === 'user:input:required')).toMatchObject({
      requestId,
      prompt: 'Is this right?',
      inputType: 'approval',
      deadline: 61_000,
      workflowName: 'Test',
    })
    expect(commands).toEqual([{ type: 'startTimer', timerId: requestId, fireAt: 61_000 }])
    expect(state.status).toBe('waiting')
    expect(isQuiescent(state)).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'execution:waiting', requestIds: [requestId] })
  })

  it('goes on by the port of the choice when answered', () => {
    const { state, events, commands } = step(plan, opened().state, {
      type: 'promptAnswered',
      requestId,
      response: { choice: 'approve' },
      answeredBy: ann,
      now: 2000,
    })
    expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
      'user:input:received',
      'execution:resumed',
      'node:completed',
    ])
    expect(commands).toEqual([
      { type: 'cancelTimer', timerId: requestId },
      { type: 'finish', outcome: { status: 'completed', outputs: { by: 'Ann' } } },
    ])
    expect(state.outputs.ask).toEqual({ value: { choice: 'approve', text: '', answered_by: 'Ann' } })
  })

  it('takes the first of two answers and tells the second who was first', () => {
    const first = step(plan, opened().state, {
      type: 'promptAnswered',
      requestId,
      response: { choice: 'approve' },
      answeredBy: ann,
      now: 2000,
    })
    const second = step(plan, first.state, {
      type: 'promptAnswered',
      requestId,
      response: { choice: 'reject' },
      answeredBy: { userId: 'u2', name: 'Bob' },
      now: 2001,
    })
    expect(second.state).toBe(first.state)
    expect(checkAnswer(plan, first.state, requestId, 'approve')).toMatchObject({
      ok: false,
      code: 'PROMPT_ALREADY_ANSWERED',
      details: { answeredBy: ann, answeredAt: 2000 },
    })
  })

  it('expires by its own port, and an answer after that changes nothing', () => {
    const expired = step(plan, opened().state, { type: 'timerFired', timerId: requestId, now: 61_000 })
    expect(expired.events[0]).toMatchObject({ type: 'user:input:expired', requestId })
    expect(expired.state.nodes.late?.step).toBe('completed')
    expect(expired.state.nodes.yes).toMatchObject({ step: 'skipped', reason: 'ask was not answered in time' })
    expect(
      step(plan, expired.state, {
        type: 'promptAnswered',
        requestId,
        response: { choice: 'approve' },
        answeredBy: ann,
        now: 61_001,
      }).events,
    ).toEqual([])
    expect(checkAnswer(plan, expired.state, requestId, 'approve')).toMatchObject({ ok: false, code: 'PROMPT_CLOSED' })
  })

  it('ignores a timer that fires after the answer', () => {
    const answered = step(plan, opened().state, {
      type: 'promptAnswered',
      requestId,
      response: { choice: 'approve' },
      answeredBy: ann,
      now: 2000,
    })
    expect(step(plan, answered.state, { type: 'timerFired', timerId: requestId, now: 61_000 }).state).toBe(
      answered.state,
    )
  })

  it('is withdrawn when the run is cancelled', () => {
    const { state, events, commands } = step(plan, opened().state, { type: 'cancel', reason: 'Not needed', now: 2000 })
    expect(events[0]).toMatchObject({ type: 'user:input:withdrawn', reason: 'Not needed' })
    expect(commands).toContainEqual({ type: 'finish', outcome: { status: 'cancelled', reason: 'Not needed' } })
    expect(checkAnswer(plan, state, requestId, 'approve')).toMatchObject({ ok: false, code: 'PROMPT_CLOSED' })
    expect(checkAnswer(plan, state, 'run1:nobody', 'approve')).toMatchObject({ ok: false, code: 'PROMPT_NOT_FOUND' })
    expect(checkAnswer(plan, state, 'constructor', 'approve')).toMatchObject({ ok: false, code: 'PROMPT_NOT_FOUND' })
  })

  it('says once that the run waits while several are open, and resumes when something runs', () => {
    const two = planOf(
      definition(
        [start, node('p', 'prompt'), node('q', 'prompt'), node('h', 'http'), node('out', 'output')],
        ['start > p', 'start > q', 'p:approve > h', 'h > out'],
      ),
    )
    const types = typesOf(driveRun(two)).filter((type) => type === 'execution:waiting' || type === 'execution:resumed')
    expect(types).toEqual(
      ['execution:waiting', 'execution:resumed', 'execution:waiting', 'execution:resumed'].slice(0, types.length),
    )
    expect(types.length).toBeGreaterThanOrEqual(2)
  })
})

describe('reading an answer', () => {
  const base: PromptConfig = { kind: 'approve', title: 't', body: '', choices: approveChoices, fields: [] }
  const field = { label: '', required: false } as const
  const form: PromptConfig = {
    ...base,
    kind: 'form',
    fields: [
      { ...field, name: 'count', type: 'number', min: 1, required: true },
      { ...field, name: 'sure', type: 'boolean' },
      { ...field, name: 'size', type: 'select', options: ['S', 'L'], default: 'S' },
      { ...field, name: 'data', type: 'json' },
      { ...field, name: 'note', type: 'text', maxLength: 5 },
    ],
  }
  const editing: PromptConfig = {
    ...base,
    kind: 'choice',
    choices: [{ id: 'edit', label: 'Edit', text: { label: 'Your text', required: true, initial: '' } }],
  }

  it.each<[PromptConfig, unknown, JsonObject]>([
    [base, 'approve', { choice: 'approve' }],
    [base, { choice: 'reject', text: 'no' }, { choice: 'reject', text: 'no' }],
    [base, true, { choice: 'approve' }],
    [base, { approved: false }, { choice: 'reject' }],
    [editing, { choice: 'edit', text: 'new' }, { choice: 'edit', text: 'new' }],
    [{ ...base, kind: 'text' }, 'hello', { text: 'hello' }],
    [{ ...base, kind: 'text' }, { text: 'hello' }, { text: 'hello' }],
    [
      form,
      { count: '3', sure: 'true', data: '{"a":1}' },
      { count: 3, sure: true, size: 'S', data: { a: 1 }, note: '' },
    ],
    [form, { count: 1, strange: 1 }, { count: 1, sure: false, size: 'S', data: null, note: '' }],
  ])('%#: accepts %j as it is meant', (config, response, expected) => {
    expect(readAnswer(config, response)).toEqual({ ok: true, response: expected })
  })

  it.each<[PromptConfig, unknown]>([
    [base, 'maybe'],
    [base, null],
    [base, 7],
    [base, { choice: 'approve', text: 1 }],
    [editing, 'edit'],
    [editing, true],
    [{ ...base, kind: 'text' }, ' '],
    [form, 'x'],
    [form, {}],
    [form, { count: 0 }],
    [form, { count: 'many' }],
    [form, { count: 1, size: 'M' }],
    [form, { count: 1, note: 'too long' }],
    [form, { count: 1, data: '{' }],
    [{ ...base, kind: 'text' }, 'x'.repeat(50_001)],
  ])('%#: refuses %j with the reason', (config, response) => {
    const read = readAnswer(config, response)
    expect(read).toMatchObject({ ok: false, code: 'PROMPT_RESPONSE_INVALID' })
    expect(read.ok ? '' : read.message).not.toBe('')
  })
})
