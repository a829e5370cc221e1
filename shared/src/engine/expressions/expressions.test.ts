import { describe, expect, it } from 'vitest'
import type { Json } from '../../json.ts'
import { checkCel, evaluateCel } from './cel.ts'
import { renderConfig } from './render-config.ts'
import { checkTemplate, renderTemplate } from './template.ts'

const scope = {
  start: { count: 3, name: 'Ann', list: [1, 2, { a: 1 }], flag: true, nothing: null },
  later: {},
  run: { id: 'r1', workflow: 'Test' },
}

describe('CEL', () => {
  it.each<[string, Json]>([
    ['start.count + 1', 4],
    ['start.count / 2', 1.5],
    ['start.count > 2 && start.flag', true],
    ['size(start.list)', 3],
    ['[1, 2].map(x, x * 2)', [2, 4]],
    ['{"n": start.count, "l": [1, "a"]}', { n: 3, l: [1, 'a'] }],
    ['has(later.text) ? later.text : "none"', 'none'],
    ['start.nothing == null', true],
    ['start.list[2].a', 1],
    ['start.name.contains("n") ? run.workflow : ""', 'Test'],
    ['timestamp("2026-01-02T03:04:05Z")', '2026-01-02T03:04:05.000Z'],
    ['2u', 2],
  ])('%s', (source, expected) => {
    expect(evaluateCel(source, scope)).toEqual(expected)
  })

  it.each([
    ['start.missing', 'No such key'],
    ['start.constructor', 'No such key'],
    ['start.__proto__', 'No such key'],
    ['start["__proto__"]', 'No such key'],
    ['constructor', 'Unknown variable'],
    ['toString', 'Unknown variable'],
    ['start.name + 1', 'overload'],
    ['9007199254740993', 'beyond 2^53'],
    ['b"bytes"', 'JSON'],
    ['type(1)', 'JSON'],
    ['1.0 / 0.0', 'finite'],
    ['start.name.matches("(a+)+$")', 'matches'],
    ['timestamp("2026-01-02T03:04:05Z").getHours("Europe/Paris")', 'time zone'],
    ['[1].map(a, [1].map(b, [1].map(c, c)))', 'nested too deeply'],
    ['1 +', ''],
  ])('%s fails with the expression and the reason', (source, reason) => {
    expect(() => evaluateCel(source, scope)).toThrow(
      expect.objectContaining({
        code: 'EXPRESSION_FAILED',
        message: expect.stringContaining(reason),
        details: { expression: source, reason: expect.any(String) },
      }),
    )
  })

  it('names what an expression reads, macro variables left out', () => {
    expect(checkCel('start.list.exists(x, x == other.y) && cel.bind(z, last.v, z > 1) && has(maybe.a)')).toEqual({
      ok: true,
      type: 'bool',
      names: ['start', 'other', 'last', 'maybe'],
      guarded: ['maybe'],
    })
    expect(checkCel('1 + "a"')).toMatchObject({ ok: false, reason: expect.stringContaining('no such overload') })
    expect(checkCel('(')).toMatchObject({ ok: false })
  })
})

describe('templates', () => {
  it.each<[string, string]>([
    ['plain', 'plain'],
    ['Hello {{ start.name | upcase }}', 'Hello ANN'],
    ['{{ start.list }}', '[1,2,{"a":1}]'],
    ['{{ start }}', JSON.stringify(scope.start)],
    ['{{ start.list[2].a | plus: 1 }}', '2'],
    ['{% for item in start.list %}{{ forloop.index }}{% endfor %}', '123'],
    ['{% if later.text %}yes{% else %}no{% endif %}', 'no'],
    ['{{ nobody.x }}|{{ start.nothing }}', '|'],
    [
      '{{ start.constructor }}{{ start.__proto__ }}{{ constructor }}{{ toString }}{{ start.list.constructor.name }}',
      '',
    ],
    ['{% assign start = 5 %}{{ start }}', '5'],
    ['{{ start.flag }} {{ 0 }}', 'true 0'],
  ])('%s', (source, expected) => {
    expect(renderTemplate(source, scope)).toBe(expected)
  })

  it('leaves the scope as it was', () => {
    const before = JSON.stringify(scope)
    renderTemplate('{% assign start = 5 %}{% capture run %}x{% endcapture %}', scope)
    expect(JSON.stringify(scope)).toBe(before)
  })

  it.each([
    '{% include "x" %}',
    '{% render "/etc/passwd" %}',
    '{% layout "x" %}',
    '{{ "now" | date: "%Y" }}',
    '{{ start.list | sample }}',
    '{{ x',
    '{% if %}',
    '{% increment start %}',
  ])('refuses %s', (source) => {
    expect(checkTemplate(source)).toMatchObject({ ok: false })
    expect(() => renderTemplate(source, scope)).toThrow(expect.objectContaining({ code: 'EXPRESSION_FAILED' }))
  })

  it.each([
    '{% for a in (1..100000) %}{% for b in (1..100000) %}{% endfor %}{% endfor %}',
    '{% for a in (1..100000000) %}{% endfor %}',
    `{% capture x %}0123456789{% endcapture %}${'{% capture x %}{{ x }}{{ x }}{% endcapture %}'.repeat(30)}{{ x }}`,
    `{% assign x = "0123456789" %}${'{% assign x = x | append: x %}'.repeat(30)}{{ x }}`,
  ])('%#: ends what would take too long or too much, by counting', (source) => {
    const began = performance.now()
    expect(() => renderTemplate(source, scope)).toThrow()
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('bounds the text it makes', () => {
    expect(() => renderTemplate('{{ x }}{{ x }}{{ x }}', { x: 'x'.repeat(200_000) })).toThrow(
      expect.objectContaining({ code: 'OUTPUT_TOO_LARGE' }),
    )
  })

  it('names what a template reads', () => {
    expect(
      checkTemplate('{% for x in start.list %}{{ x.a | plus: later.b }}{% endfor %}{% assign y = 1 %}{{ y }}'),
    ).toEqual({ ok: true, names: ['start', 'later'] })
  })
})

describe('a config', () => {
  it('gets its values at their paths and shares the rest', () => {
    const config = {
      fields: [
        { name: 'a', value: 'x' },
        { name: 'b', value: 'y' },
      ],
      other: { deep: 1 },
    }
    const rendered = renderConfig(
      config,
      [
        { path: 'fields.0.value', kind: 'cel', source: '[start.count]', reads: ['start'] },
        { path: 'fields.1.value', kind: 'template', source: '{{ start.count }}', reads: ['start'] },
        { path: 'gone.0', kind: 'template', source: 'never', reads: [] },
        { path: '__proto__.polluted', kind: 'template', source: 'never', reads: [] },
      ],
      scope,
    )
    expect(rendered).toEqual({
      fields: [
        { name: 'a', value: [3] },
        { name: 'b', value: '3' },
      ],
      other: { deep: 1 },
    })
    expect(rendered.other).toBe(config.other)
    expect(config.fields[0]?.value).toBe('x')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
