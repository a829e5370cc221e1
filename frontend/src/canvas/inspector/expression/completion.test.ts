import { describe, expect, it } from 'vitest'
import { insertVariable, matching, templatePieces, tokenAt } from './completion.ts'

describe('the name under the cursor', () => {
  it('is found inside the braces of a template only', () => {
    expect(tokenAt('Hello start.to', 14, 'template')).toBeNull()
    expect(tokenAt('Hello {{ start.to', 17, 'template')).toEqual({ from: 9, to: 17, text: 'start.to' })
    expect(tokenAt('{{ a }} b', 9, 'template')).toBeNull()
    expect(tokenAt('{% if ap', 8, 'template')?.text).toBe('ap')
  })

  it('is found anywhere in an expression, but not inside quotes', () => {
    expect(tokenAt('a == b.c', 8, 'cel')?.text).toBe('b.c')
    expect(tokenAt('a == "b.c', 9, 'cel')).toBeNull()
    expect(tokenAt('{{ x == "start', 14, 'template')).toBeNull()
    expect(tokenAt("It's {{ start", 13, 'template')?.text).toBe('start')
  })
})

describe('inserting', () => {
  it('replaces what is typed and leaves the rest', () => {
    expect(insertVariable('{{ start.to }} end', 11, 'start.topic', 'template')).toEqual({
      source: '{{ start.topic }} end',
      cursor: 14,
    })
    expect(insertVariable('start.to > 1', 8, 'start.total', 'cel')).toEqual({ source: 'start.total > 1', cursor: 11 })
  })

  it('brings the braces along where there are none', () => {
    expect(insertVariable('Hello ', 6, 'start.topic', 'template')).toEqual({
      source: 'Hello {{ start.topic }}',
      cursor: 23,
    })
  })
})

it('offers what begins with the typed name before what merely holds it', () => {
  const variable = (path: string) => ({ path, type: 'string' as const, description: null, value: undefined })
  const groups = [
    { title: 'Steps', variables: [variable('draft.text'), variable('start.topic'), variable('restart.x')] },
  ]
  expect(matching(groups, 'sta').flatMap((group) => group.variables.map(({ path }) => path))).toEqual(['start.topic'])
  expect(matching(groups, 'text').flatMap((group) => group.variables.map(({ path }) => path))).toEqual(['draft.text'])
  expect(matching(groups, 'esta').flatMap((group) => group.variables.map(({ path }) => path))).toEqual(['restart.x'])
})

it('cuts a template into pieces that make it again', () => {
  const source = 'a {{ b }} c {% if d %}e{% endif %} {{ open'
  expect(
    templatePieces(source)
      .map(({ text }) => text)
      .join(''),
  ).toBe(source)
  expect(templatePieces(source).map(({ kind }) => kind)).toEqual([
    'text',
    'value',
    'text',
    'tag',
    'text',
    'tag',
    'text',
    'value',
  ])
})
