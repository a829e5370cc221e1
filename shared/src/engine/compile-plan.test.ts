import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { planOf } from '../../test/drive-run.ts'
import type { JsonObject } from '../json.ts'
import { templates } from '../templates/index.ts'
import { compilePlan } from './compile-plan.ts'
import { inputFieldsOf, validateRunInput } from './run-input.ts'

const start = node('start', 'start')
const nodes = [
  start,
  node('b', 'http', { onError: 'branch' }),
  node('a', 'http'),
  node('out', 'output', {
    config: { fields: [{ name: 'x', kind: 'template', value: '{{ b.status }}{{ start.x }}' }] },
  }),
]
const edges = ['start > b', 'start > a', 'a > out', 'b > out', 'b:error > out']

describe('a plan', () => {
  it('is the same for every way of drawing the same workflow', () => {
    const plan = planOf(definition(nodes, edges))
    expect(planOf(definition(nodes.toReversed(), edges.toReversed()))).toEqual(plan)
    expect(plan.nodes.map(({ id }) => id)).toEqual(['start', 'a', 'b', 'out'])
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  it('carries everything a node needs, with defaults filled in', () => {
    const plan = planOf(definition(nodes, edges))
    expect(plan.nodes.find(({ id }) => id === 'b')).toMatchObject({
      kind: 'effect',
      ports: ['out', 'error'],
      join: 'all',
      onError: 'branch',
      config: { method: 'GET', url: 'https://example.test', headers: [], successCodes: '200-299', timeoutMs: 30_000 },
      retry: { maxAttempts: 3 },
      timeoutMs: 60_000,
    })
    expect(plan.nodes.find(({ id }) => id === 'out')?.expressions).toEqual([
      { path: 'fields.0.value', kind: 'template', source: '{{ b.status }}{{ start.x }}', reads: ['b', 'start'] },
    ])
  })

  it('takes what a node says of retrying and the rest from its type', () => {
    const search = {
      ...node('s', 'knowledge_search', { config: { knowledgeBaseId: 'k', query: 'q' } }),
      retry: { maxAttempts: 7 },
    }
    const plan = planOf(definition([start, search, node('out', 'output')], ['start > s', 's > out']))
    expect(plan.nodes.find(({ id }) => id === 's')?.retry).toEqual({
      maxAttempts: 7,
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maxIntervalMs: 10_000,
    })
  })

  it('names bodies and nesting of its loops', () => {
    const plan = planOf(
      definition(
        [start, node('a', 'http'), node('b', 'condition'), node('c', 'condition'), node('out', 'output')],
        ['start > a', 'a > b', 'b:yes >> a *2', 'b:no > c', 'c:yes >> a *3', 'c:no > out'],
      ),
    )
    expect(plan.loops).toEqual([
      { edgeId: 'loop-b.yes-a', body: ['a', 'b'], maxIterations: 2, enclosing: ['loop-c.yes-a'] },
      { edgeId: 'loop-c.yes-a', body: ['a', 'b', 'c'], maxIterations: 3, enclosing: [] },
    ])
  })

  it('asks for no newer interpreter than what is drawn needs', () => {
    const versionWith = (type: string, config: JsonObject) => {
      const way = type === 'prompt' ? ['start > it', 'it:approve > out'] : ['start > it', 'start > out']
      const drawn = [start, node('it', type, { config }), node('out', 'output')]
      return planOf(definition(drawn, way)).engineVersion
    }
    expect(versionWith('prompt', { title: 'Right?' })).toBe(1)
    expect(versionWith('prompt', { title: 'Right?', remindAfterMs: [] })).toBe(1)
    expect(versionWith('prompt', { title: 'Right?', remindAfterMs: [5000] })).toBe(2)
    expect(versionWith('stop', { reason: 'x' })).toBe(2)
  })

  it('is refused with the problems that stand against it, and made with warnings', () => {
    const refused = compilePlan({
      definition: definition([node('out', 'output')], []),
      workflowId: 'w',
      workflowName: 'W',
      workflowVersion: 1,
    })
    expect(refused.plan).toBeUndefined()
    expect(refused.problems[0]?.code).toBe('NO_START')
    const warned = compilePlan({
      definition: definition([start], []),
      workflowId: 'w',
      workflowName: 'W',
      workflowVersion: 1,
    })
    expect(warned.plan).toBeDefined()
    expect(warned.problems.map(({ code }) => code)).toEqual(['NO_OUTPUT'])
  })
})

describe('the input of a run', () => {
  const fields = inputFieldsOf(planOf(templates[0]?.definition))

  it('is filled in and keeps what it does not know', () => {
    expect(validateRunInput(fields, { topic: 'x', extra: [1] })).toEqual({
      ok: true,
      input: { topic: 'x', audience: 'everyone', tone: 'friendly', extra: [1] },
    })
  })

  it('is refused field by field', () => {
    expect(validateRunInput(fields, { tone: 'rude', topic: ' '.repeat(0) })).toEqual({
      ok: false,
      problems: [
        { field: 'topic', message: 'What is it about? is required.' },
        { field: 'tone', message: 'Tone must be one of: friendly, formal, brief.' },
      ],
    })
    for (const odd of [null, 'x', [], undefined]) expect(validateRunInput(fields, odd)).toMatchObject({ ok: false })
    expect(validateRunInput([], { text: 'x'.repeat(70_000) })).toMatchObject({ ok: false, problems: [{ field: '' }] })
  })

  it('cannot reach a prototype', () => {
    const result = validateRunInput(fields, JSON.parse('{"topic":"x","__proto__":{"polluted":true}}'))
    expect(result).toEqual({ ok: true, input: { topic: 'x', audience: 'everyone', tone: 'friendly' } })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
