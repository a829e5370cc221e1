import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { driveRun, planOf, type Run } from '../../test/drive-run.ts'
import type { WorkflowEvent, WorkflowEventOf } from '../events/index.ts'
import type { JsonObject } from '../json.ts'
import { engineLimits } from './engine-limits.ts'
import { viewLimits } from './execution-view.ts'
import { eventIdsOf } from './interpreter.ts'
import { applyEvent, emptyExecutionView } from './reducer.ts'

type Changed = WorkflowEventOf<'variable:changed'>

const field = (name: string, value: string) => ({ name, kind: 'cel', value })

/** `rounds` rounds of: set the fields, then ask whether to go on. */
function loopPlan(fields: JsonObject[], rounds: number) {
  return planOf(
    definition(
      [
        node('start', 'start'),
        node('work', 'http'),
        node('vars', 'set', { config: { fields } }),
        node('again', 'condition', { config: { expression: `work.round < ${rounds}` } }),
        node('out', 'output'),
      ],
      ['start > work', 'work > vars', 'vars > again', `again:yes >> work *${rounds}`, 'again:no > out'],
    ),
  )
}

const counting = { effect: ({ iteration }: { iteration: number }) => ({ output: { round: iteration } }) }

function changesOf(run: Run): Changed[] {
  return stored(run).filter((event): event is Changed => event.type === 'variable:changed')
}

function stored({ events }: Run): WorkflowEvent[] {
  return events.map((event, index) => ({ ...event, seq: index + 1 }))
}

const viewOf = (events: readonly WorkflowEvent[]) => events.reduce(applyEvent, emptyExecutionView('run1'))

describe('what a set step writes', () => {
  it('is told per field before the step ends, and not where nothing has changed', () => {
    const run = driveRun(loopPlan([field('count', 'work.round * 10'), field('kind', '"draft"')], 3), counting)
    const told = changesOf(run).map(({ nodePath, iteration, varName, oldValue, newValue, changeType }) => {
      return [nodePath, iteration, varName, oldValue, newValue, changeType]
    })
    const path = (round: number) => `loop-again.yes-work[${round}]/vars`
    expect(told).toEqual([
      [path(1), 1, 'count', undefined, 10, 'created'],
      [path(1), 1, 'kind', undefined, 'draft', 'created'],
      [path(2), 2, 'count', 10, 20, 'updated'],
      [path(3), 3, 'count', 20, 30, 'updated'],
    ])
    const types = run.events.filter((event) => 'nodeId' in event && event.nodeId === 'vars').map(({ type }) => type)
    expect(types.slice(0, 4)).toEqual(['node:started', 'variable:changed', 'variable:changed', 'node:completed'])
  })

  it('is named in the list by which a closing run takes back what never became true', () => {
    const run = driveRun(loopPlan([field('count', 'work.round')], 2), counting)
    const ids = changesOf(run).map(({ eventId }) => eventId)
    expect(ids).toHaveLength(2)
    expect(eventIdsOf(run.plan, run.state)).toEqual(expect.arrayContaining(ids))
  })

  it('is told within a bound per run', () => {
    const fields = Array.from({ length: 100 }, (_, index) => field(`v${index}`, `work.round + ${index}`))
    expect(changesOf(driveRun(loopPlan(fields, 12), counting))).toHaveLength(engineLimits.variableChangesMax)
  })
})

describe('a run that changes more than it may tell', () => {
  const fields = Array.from({ length: 100 }, (_, index) => field(`v${index}`, `work.round + ${index}`))

  it('says so with the last change, in the view and in its log', () => {
    const run = driveRun(loopPlan(fields, 12), counting)
    expect(changesOf(run).map(({ isLast = false }) => isLast)).toEqual([...Array<boolean>(999).fill(false), true])
    const view = viewOf(stored(run))
    expect(view.hasUntoldChanges).toBe(true)
    expect(view.log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'v99 was 108, is 109. The run tells no later changes of variables',
    ])
  })

  it('says nothing before that', () => {
    expect(viewOf(stored(driveRun(loopPlan(fields, 9), counting)))).not.toHaveProperty('hasUntoldChanges')
  })

  it('keeps in its log what else it says', () => {
    const { log } = viewOf(stored(driveRun(loopPlan(fields, 12), counting)))
    expect(log).toHaveLength(viewLimits.logEntriesMax)
    expect(log[0]?.message).toBe('Run started')
    const rounds = log.map(({ message }) => message).filter((message) => message.startsWith('Round '))
    expect(new Set(rounds)).toHaveLength(11)
    expect(log.map(({ seq }) => seq)).toEqual(log.map(({ seq }) => seq).toSorted((a, b) => a - b))
  })
})

describe('a long value', () => {
  it('is told once, and the log knows it as the former one', () => {
    const values = [field('long', `'${'x'.repeat(5000)}' + string(work.round)`), field('short', 'work.round')]
    const run = driveRun(loopPlan(values, 2), counting)
    const [, , long, short] = changesOf(run)
    expect(long).toMatchObject({ varName: 'long', changeType: 'updated', newValue: `${'x'.repeat(5000)}2` })
    expect(long).not.toHaveProperty('oldValue')
    expect(short).toMatchObject({ varName: 'short', oldValue: 1, newValue: 2 })
    const lines = viewOf(stored(run)).log.map(({ message }) => message)
    expect(lines.filter((line) => line.startsWith('long was'))).toEqual([
      expect.stringMatching(/^long was "x{79}…, is "x{79}…$/),
    ])
  })
})

describe('variables in the view', () => {
  it('keep their newest versions, oldest first, and say how often they changed', () => {
    const rounds = viewLimits.versionsKeptPerVariableMax + 3
    const view = viewOf(stored(driveRun(loopPlan([field('count', 'work.round')], rounds), counting)))
    const { changeCount, versions } = view.variables['vars.count'] ?? { changeCount: 0, versions: [] }
    expect(changeCount).toBe(rounds)
    expect(versions.map(({ value }) => value)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect(versions[0]).toMatchObject({ iteration: 4, changeType: 'updated' })
    expect(view.log.map(({ message }) => message)).toContain('count was 12, is 13')
  })

  it('are as many as the bound, whatever a run sets', () => {
    const fields = Array.from({ length: 99 }, (_, index) => field(`v${index}`, `${index}`))
    const nodes = ['one', 'two'].map((id) => node(id, 'set', { config: { fields } }))
    const edges = ['start > one', 'one > two', 'two > out']
    const run = driveRun(planOf(definition([node('start', 'start'), ...nodes, node('out', 'output')], edges)))
    expect(changesOf(run)).toHaveLength(198)
    expect(Object.keys(viewOf(stored(run)).variables)).toHaveLength(viewLimits.variablesMax)
  })

  it('lose a version that is taken back, and a variable with its only one', () => {
    const run = driveRun(loopPlan([field('count', 'work.round')], 2), counting)
    const [first, second] = changesOf(run)
    const open = stored(run).filter(({ type }) => type !== 'execution:completed')
    const retract = (eventId = '', seq: number): WorkflowEvent => ({
      type: 'event:retracted',
      eventId: `-/event:retracted/-/${eventId}`,
      timestamp: 1,
      executionId: 'run1',
      retractedEventId: eventId,
      retractedType: 'variable:changed',
      seq,
    })
    const once = applyEvent(viewOf(open), retract(second?.eventId, 1000))
    expect(once.variables['vars.count']?.versions.map(({ value }) => value)).toEqual([1])
    expect(applyEvent(once, retract(first?.eventId, 1001)).variables).toEqual({})
  })

  it('begin in a view that an older server has made without them', () => {
    const run = driveRun(loopPlan([field('count', 'work.round')], 1), counting)
    const { variables: _, ...old } = emptyExecutionView('run1')
    const view = stored(run).reduce(applyEvent, old as ReturnType<typeof emptyExecutionView>)
    expect(view.variables['vars.count']?.versions).toHaveLength(1)
  })
})
