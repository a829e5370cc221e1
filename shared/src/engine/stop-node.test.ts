import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { driveRun, planOf, stepsOf } from '../../test/drive-run.ts'
import { parseEventDraft } from '../events/index.ts'
import { validateDefinition } from '../graph/validate.ts'
import { eventIdsOf } from './interpreter.ts'

const drawn = (config: { outcome?: string; reason: string }, options: { onError?: 'continue' } = {}) =>
  definition(
    [
      node('start', 'start', { config: { fields: [{ name: 'order', type: 'text' }] } }),
      node('h', 'http'),
      node('end', 'stop', { name: 'Out of stock', config, ...options }),
      node('out', 'output'),
    ],
    ['start > h', 'start > end', 'h > out'],
  )

describe('E09 a stop node', () => {
  it('ends the run as failed with its reason, and stops what runs beside it', () => {
    const run = driveRun(planOf(drawn({ reason: 'No {{ start.order }} left' })), { input: { order: 'lamps' } })
    const error = { code: 'RUN_STOPPED', message: 'No lamps left' }
    expect(run.finishes).toEqual([{ status: 'failed', error, failedNodeId: 'end' }])
    expect(stepsOf(run)).toMatchObject({ end: 'failed', h: 'cancelled', out: 'cancelled' })
    expect(run.state.nodes.out?.reason).toBe('Out of stock ended the run')
    expect(run.events.map(({ type }) => type)).not.toContain('execution:blocked')
  })

  it('says before the end that the run is blocked, under an id that the closing knows', () => {
    const plan = planOf(drawn({ outcome: 'blocked', reason: 'Wait for March' }))
    const run = driveRun(plan)
    expect(run.finishes).toMatchObject([{ status: 'failed', error: { code: 'RUN_BLOCKED' }, failedNodeId: 'end' }])
    const blocked = run.events.find(({ type }) => type === 'execution:blocked')
    expect(blocked).toMatchObject({ nodeId: 'end', reason: 'Wait for March' })
    for (const event of run.events) expect(parseEventDraft(event)).toEqual(event)
    expect(eventIdsOf(plan, run.state).sort()).toEqual(run.events.map(({ eventId }) => eventId).sort())
  })

  it('has a reason even where its template renders to nothing', () => {
    const run = driveRun(planOf(drawn({ reason: '{{ start.order }}' })))
    expect(run.finishes).toMatchObject([{ error: { message: 'A step ended the run.' } }])
  })

  it('tells a long reason whole, for secrets are masked before it is cut, and one that is too long not at all', () => {
    const messageOf = (order: string) => {
      const [outcome] = driveRun(planOf(drawn({ reason: '{{ start.order }}' })), { input: { order } }).finishes
      return outcome?.status === 'failed' ? outcome.error.message : null
    }
    expect(messageOf('x'.repeat(5000))).toBe('x'.repeat(5000))
    const twice = planOf(drawn({ outcome: 'blocked', reason: '{{ start.order }}{{ start.order }}' }))
    const run = driveRun(twice, { input: { order: 'x'.repeat(40_000) } })
    expect(run.finishes).toMatchObject([{ error: { code: 'RUN_BLOCKED', message: expect.not.stringContaining('xx') } }])
  })

  it('has no way out and no error handling', () => {
    const problems = validateDefinition(drawn({ reason: 'x' }, { onError: 'continue' }))
    expect(problems).toMatchObject([{ code: 'ON_ERROR_STOP', nodeId: 'end', path: 'onError' }])
    const left = definition(
      [node('start', 'start'), node('end', 'stop'), node('out', 'output')],
      ['start > end', 'end > out'],
    )
    expect(validateDefinition(left).map(({ code }) => code)).toContain('EDGE_PORT_UNKNOWN')
  })
})
