import { describe, expect, it } from 'vitest'
import { deskDefinition } from '../../../../test/support/review-desk.ts'
import { previewExpression } from './preview.ts'
import { shortValue, variablesFor } from './variables.ts'

const pathsFor = (nodeId: string) =>
  variablesFor(deskDefinition, nodeId, {}).flatMap((group) => group.variables.map(({ path }) => path))

describe('the variables of a step', () => {
  it('are the outputs of the steps before it, in the order of the flow, and the run', () => {
    expect(pathsFor('publish')).toEqual(
      expect.arrayContaining(['start.topic', 'draft.text', 'approve.choice', 'approve.text', 'run.id', 'run.workflow']),
    )
    expect(pathsFor('start')).toEqual(['run.id', 'run.workflow'])
  })

  it('include what a loop brings back', () => {
    expect(pathsFor('draft')).toEqual(expect.arrayContaining(['start.topic', 'approve.text', 'draft.text']))
  })

  it('carry the latest real value', () => {
    const groups = variablesFor(deskDefinition, 'draft', { start: { topic: 'oak' }, run: { id: 'x1' } })
    expect(groups.flatMap((group) => group.variables).find(({ path }) => path === 'start.topic')?.value).toBe('oak')
  })
})

it('shortens values to a few characters', () => {
  expect([
    shortValue('a'.repeat(60)),
    shortValue([1, 2]),
    shortValue({ a: 1 }),
    shortValue(null),
    shortValue(true),
    shortValue(undefined),
  ]).toEqual([`“${'a'.repeat(23)}…”`, '2 items', '1 fields', 'null', 'true', ''])
})

describe('the preview of an expression', () => {
  const scope = { start: { topic: 'oak', count: 2 } }
  it('renders with the values of the last run', () => {
    expect(previewExpression('About {{ start.topic }}', 'template', scope)).toEqual({
      kind: 'value',
      value: 'About oak',
    })
    expect(previewExpression('start.count > 1', 'cel', scope)).toEqual({ kind: 'value', value: true })
  })

  it('names a fault while typing', () => {
    expect(previewExpression('start.count >', 'cel', scope).kind).toBe('fault')
    expect(previewExpression('{{ start.topic', 'template', scope).kind).toBe('fault')
  })

  it('shows nothing without values, and none for what that run cannot tell', () => {
    expect(previewExpression('About {{ start.topic }}', 'template', {})).toEqual({ kind: 'none' })
    expect(previewExpression('nobody.x > 1', 'cel', scope)).toEqual({ kind: 'none' })
  })
})
