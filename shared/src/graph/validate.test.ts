import { describe, expect, it } from 'vitest'
import { definition, edge, node } from '../../test/build-definition.ts'
import type { ProblemCode } from './problem-codes.ts'
import { problemCodes } from './problem-codes.ts'
import { isRunnable, validateDefinition } from './validate.ts'

const start = node('start', 'start')
const out = node('out', 'output')
const http = (id: string, options: Parameters<typeof node>[2] = {}) => node(id, 'http', options)
const cel = (value: string) => ({ config: { fields: [{ name: 'v', kind: 'cel', value }] } })
const template = (value: string) => ({ config: { fields: [{ name: 'v', kind: 'template', value }] } })
const line = (middle: ReturnType<typeof node>) =>
  definition([start, middle, out], [`start > ${middle.id}`, `${middle.id} > out`])
const form = (fields: object[]) => node('ask', 'prompt', { config: { kind: 'form', title: '?', fields } as never })

const longId = (letter: string) => letter.repeat(100)
const longLoops = {
  ...definition([start, http('a'), http('b'), http('c'), out], ['start > a', 'a > b', 'b > c', 'c > out']),
  edges: [
    ...['start > a', 'a > b', 'b > c', 'c > out'].map(edge),
    { id: longId('x'), source: 'c', sourcePort: 'out', target: 'a', loop: { maxIterations: 2 } },
    { id: longId('y'), source: 'b', sourcePort: 'out', target: 'b', loop: { maxIterations: 2 } },
  ],
}

/** A hundred steps in a row, and a loop around fifty of them from each of fifty places: 1,225 pairs that cross. */
const crossingLoops = {
  ...definition(
    Array.from({ length: 100 }, (_, index) => http(`n${index}`)),
    [],
  ),
  edges: [
    ...Array.from({ length: 99 }, (_, index) => edge(`n${index} > n${index + 1}`)),
    ...Array.from({ length: 50 }, (_, index) => edge(`n${index + 49} >> n${index} *2`)),
  ],
}

/** One faulty definition for every code; the place is a node, an edge or a path. */
const cases: [ProblemCode, unknown, string?][] = [
  ['MORE_PROBLEMS', crossingLoops],
  ['DEFINITION_INVALID', null],
  ['DEFINITION_INVALID', { nodes: [{ id: '1', type: 'set', name: 'x' }], edges: [] }, '1'],
  ['DEFINITION_INVALID', { nodes: [], edges: [], formatVersion: 2 }],
  [
    'TOO_LARGE',
    definition(
      [
        start,
        ...Array.from({ length: 12 }, (_, index) =>
          node(`n${index}`, 'llm', { config: { user: 'x'.repeat(100_000) } }),
        ),
      ],
      [],
    ),
  ],
  ['NO_START', definition([out], [])],
  ['MANY_STARTS', definition([start, node('again', 'start'), out], ['start > out']), 'again'],
  ['NO_OUTPUT', definition([start], [])],
  ['NODE_ID_DUPLICATE', definition([start, http('a'), http('a'), out], ['start > a', 'a > out']), 'a'],
  ['NODE_ID_RESERVED', line(http('run')), 'run'],
  ['NODE_ID_RESERVED', line(http('constructor')), 'constructor'],
  ['NODE_TYPE_UNKNOWN', line(node('a', 'teleport')), 'a'],
  [
    'NODE_CONFIG_INVALID',
    line(node('a', 'knowledge_search', { config: { knowledgeBaseId: '', query: 'x' } })),
    'config.knowledgeBaseId',
  ],
  ['NODE_CONFIG_INVALID', line(http('a', { config: { url: 'https://x', timeoutMs: 1 } })), 'config.timeoutMs'],
  ['NODE_CONFIG_INVALID', line(http('a', { config: { url: 'https://x', colour: 'red' } })), 'a'],
  [
    'NODE_CHOICES_MISSING',
    definition(
      [start, node('ask', 'prompt', { config: { kind: 'choice', title: '?' } }), out],
      ['start > ask', 'start > out'],
    ),
    'ask',
  ],
  ['NODE_FIELDS_MISSING', line(form([])), 'ask'],
  ['NODE_OPTIONS_MISSING', line(form([{ name: 'a', type: 'select' }])), 'config.fields.0.options'],
  ['FIELD_NAME_DUPLICATE', line(form([{ name: 'a' }, { name: 'a' }])), 'config.fields.1.name'],
  [
    'PORT_DUPLICATE',
    definition(
      [
        start,
        node('ask', 'prompt', {
          config: {
            kind: 'choice',
            title: '?',
            choices: [
              { id: 'a', label: 'a' },
              { id: 'a', label: 'b' },
            ],
          },
        }),
        out,
      ],
      ['start > ask', 'ask:a > out'],
    ),
    'ask',
  ],
  [
    'PORT_DUPLICATE',
    definition(
      [
        start,
        node('ask', 'prompt', {
          config: { kind: 'choice', title: '?', deadlineMs: 5000, choices: [{ id: 'expired', label: 'a' }] },
        }),
        out,
      ],
      ['start > ask', 'ask:expired > out'],
    ),
    'ask',
  ],
  ['NODE_UNREACHABLE', definition([start, http('a'), out], ['start > out', 'a > out']), 'a'],
  [
    'EDGE_ID_DUPLICATE',
    { ...definition([start, out], []), edges: [edge('start > out'), { ...edge('start > out'), sourcePort: 'out' }] },
    'start-out',
  ],
  [
    'EDGE_DUPLICATE',
    { ...definition([start, out], []), edges: [edge('start > out'), { ...edge('start > out'), id: 'other' }] },
    'other',
  ],
  ['EDGE_SOURCE_MISSING', definition([start, out], ['start > out', 'ghost > out']), 'ghost-out'],
  ['EDGE_TARGET_MISSING', definition([start, out], ['start > out', 'start > ghost']), 'start-ghost'],
  ['EDGE_PORT_UNKNOWN', definition([start, http('a'), out], ['start > a', 'a:error > out']), 'a.error-out'],
  [
    'EDGE_PORT_UNKNOWN',
    definition([start, node('c', 'condition'), out], ['start > c', 'c:maybe > out']),
    'c.maybe-out',
  ],
  ['EDGE_INTO_START', definition([start, http('a'), out], ['start > a', 'a > out', 'a > start']), 'a-start'],
  [
    'CYCLE_WITHOUT_LOOP',
    definition([start, http('a'), http('b'), out], ['start > a', 'a > b', 'b > a', 'b > out']),
    'a',
  ],
  [
    'LOOP_WITHOUT_CYCLE',
    definition([start, http('a'), out], ['start > a', 'a > out', 'start >> out *2']),
    'loop-start-out',
  ],
  [
    'LOOPS_CROSS',
    definition(
      [start, http('a'), http('b'), http('c'), out],
      ['start > a', 'a > b', 'b > c', 'c > out', 'b >> a *2', 'c >> b *2'],
    ),
    'loop-c-b',
  ],
  ['LOOP_PATH_TOO_LONG', longLoops, 'b'],
  ['ON_ERROR_START', definition([node('start', 'start', { onError: 'continue' }), out], ['start > out']), 'start'],
  [
    'REMINDER_TOO_LATE',
    line(node('p', 'prompt', { config: { kind: 'text', title: '?', deadlineMs: 1000, remindAfterMs: [1000] } })),
    'config.remindAfterMs.0',
  ],
  [
    'ON_ERROR_STOP',
    definition([start, node('e', 'stop', { onError: 'branch' }), out], ['start > e', 'start > out']),
    'e',
  ],
  [
    'ON_ERROR_CONTINUE_AMBIGUOUS',
    definition([start, node('c', 'condition', { onError: 'continue' }), out], ['start > c', 'c:yes > out']),
    'c',
  ],
  ['ERROR_PORT_UNUSED', line(http('a', { onError: 'branch' })), 'a'],
  ['JOIN_TOO_LARGE', line(http('a', { join: { n: 2 } })), 'a'],
  ['EXPRESSION_INVALID', line(node('s', 'set', cel('1 +'))), 'config.fields.0.value'],
  ['EXPRESSION_INVALID', line(node('s', 'set', cel(''))), 'config.fields.0.value'],
  ['EXPRESSION_INVALID', line(node('s', 'set', cel('1 + "a"'))), 's'],
  ['EXPRESSION_INVALID', line(node('s', 'set', template('{% if %}'))), 's'],
  [
    'EXPRESSION_NOT_BOOLEAN',
    definition([start, node('c', 'condition', { config: { expression: '1 + 1' } }), out], ['start > c', 'c:yes > out']),
    'c',
  ],
  ['EXPRESSION_UNKNOWN_NAME', line(node('s', 'set', template('{{ strat.x }}'))), 's'],
  ['EXPRESSION_NOT_UPSTREAM', line(node('s', 'set', template('{{ out.x }}'))), 's'],
  ['EXPRESSION_NOT_UPSTREAM', line(node('s', 'set', cel('s.v'))), 's'],
  [
    'EXPRESSION_READS_LATER_ROUND',
    definition(
      [start, node('a', 'set', cel('c.result')), node('c', 'condition'), out],
      ['start > a', 'a > c', 'c:yes >> a *2', 'c:no > out'],
    ),
    'a',
  ],
]

const warnings: ProblemCode[] = [
  'NO_OUTPUT',
  'NODE_UNREACHABLE',
  'ERROR_PORT_UNUSED',
  'EXPRESSION_READS_LATER_ROUND',
  'REMINDER_TOO_LATE',
]

describe('problems of a definition', () => {
  it.each(cases)('%s', (code, faulty, place) => {
    const problems = validateDefinition(faulty)
    const found = problems.filter((one) => one.code === code)
    expect(found, JSON.stringify(problems)).not.toEqual([])
    expect(found[0]?.severity).toBe(warnings.includes(code) ? 'warning' : 'error')
    if (place !== undefined) expect([found[0]?.nodeId, found[0]?.edgeId, found[0]?.path]).toContain(place)
    expect(isRunnable(problems)).toBe(warnings.includes(code) && problems.every((one) => one.severity === 'warning'))
  })

  it('have one case for every code', () => {
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(Object.keys(problemCodes)))
  })

  it('are none for what can run', () => {
    expect(validateDefinition(line(http('a')))).toEqual([])
  })

  it('are none where a template or has() reads the round before', () => {
    const looped = (fields: ReturnType<typeof cel>) =>
      definition(
        [start, node('a', 'set', fields), node('c', 'condition'), out],
        ['start > a', 'a > c', 'c:yes >> a *2', 'c:no > out'],
      )
    expect(validateDefinition(looped(template('{{ c.result }} {{ a.v }}')))).toEqual([])
    expect(validateDefinition(looped(cel('has(c.result) ? c.result : false')))).toEqual([])
  })

  it('say in one sentence what is missing', () => {
    const empty = definition(
      [
        start,
        node('k', 'knowledge_search', { config: { knowledgeBaseId: '', query: '' } }),
        node('m', 'llm', { config: {} }),
        node('c', 'condition', { config: { expression: '' } }),
        node('h', 'http', { config: {} }),
      ],
      ['start > k', 'k > m', 'm > c', 'c:yes > h'],
    )
    const messages = validateDefinition(empty).flatMap(({ code, message, nodeId, path }) =>
      code === 'NODE_CONFIG_INVALID' ? [[nodeId, path, message]] : [],
    )
    expect(messages).toEqual([
      ['k', 'config.knowledgeBaseId', 'Choose a knowledge base.'],
      ['k', 'config.query', 'Say what to search for.'],
      ['m', 'config.user', 'Write the message to the model.'],
      ['c', 'config.expression', 'Write a condition.'],
      ['h', 'config.url', 'Enter an address.'],
    ])
  })

  it('name the nodes of a cycle, not those behind it', () => {
    const problems = validateDefinition(
      definition(
        [start, http('a'), http('b'), http('behind'), out],
        ['start > a', 'a > b', 'b > a', 'b > behind', 'behind > out'],
      ),
    )
    expect(problems.map(({ code, nodeId }) => [code, nodeId])).toEqual([['CYCLE_WITHOUT_LOOP', 'a']])
  })

  it('are named up to a bound, and the last says of how many more it knows', () => {
    const problems = validateDefinition(crossingLoops)
    expect(problems).toHaveLength(201)
    expect(problems.at(-1)?.message).toMatch(/^There are more problems, at least \d+\./)
    const unreachable = Array.from({ length: 198 }, (_, index) =>
      node(`n${index}`, 'http', { onError: 'branch' } as never),
    )
    const warned = validateDefinition(definition([start, ...unreachable, out], ['start > out']))
    expect(warned).toHaveLength(201)
    expect(warned.at(-1)).toMatchObject({ code: 'MORE_PROBLEMS', severity: 'warning' })
    expect(isRunnable(warned)).toBe(true)
  })

  it('are found without throwing in anything', () => {
    for (const odd of [
      undefined,
      1,
      'x',
      [],
      {},
      { nodes: 1, edges: 2 },
      { nodes: [null], edges: [{}] },
      { nodes: [{ id: 'a', type: 'set', name: 'x', config: { fields: 'no' } }], edges: [] },
    ]) {
      expect(validateDefinition(odd).length).toBeGreaterThan(0)
    }
  })

  it('are found in a large graph in little time', () => {
    const ids = Array.from({ length: 196 }, (_, index) => `n${index}`)
    const edges = ids.flatMap((id, index) =>
      [1, 2, 3].flatMap((step) => (ids[index + step] === undefined ? [] : [`${id} > ${ids[index + step]}`])),
    )
    const large = definition(
      [start, ...ids.map((id) => node(id, 'set', template('{{ start.x }}'))), out],
      ['start > n0', `${ids.at(-1)} > out`, ...edges],
    )
    const began = performance.now()
    expect(validateDefinition(large)).toEqual([])
    expect(performance.now() - began).toBeLessThan(1500)
  })
})
