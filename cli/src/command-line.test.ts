import { expect, test } from 'vitest'
import { parseCommandLine } from './command-line.ts'
import { readKeyValues } from './key-values.ts'

const syntax = {
  name: 'try',
  options: { text: { type: 'string' }, field: { type: 'string', multiple: true }, watch: { type: 'boolean' } },
  positionals: { min: 1, max: 2 },
} as const

test('reads words, options and repeated options in any order', () => {
  const line = parseCommandLine(syntax, [
    '--field',
    'a=1',
    'one',
    '--watch',
    '--text=t',
    'two',
    '--field',
    'b=2',
    '--json',
  ])
  expect(line.positionals).toEqual(['one', 'two'])
  expect([line.text('text'), line.texts('field'), line.flag('watch'), line.flag('json')]).toEqual([
    't',
    ['a=1', 'b=2'],
    true,
    true,
  ])
  expect([line.text('url'), line.flag('help')]).toEqual([undefined, false])
})

test.each([[['--nonsense', 'one']], [['one', '--text']], [[]], [['one', 'two', 'three']]])(
  'refuses %j and says where help is',
  (args) => {
    expect(() => parseCommandLine(syntax, args)).toThrow(
      expect.objectContaining({ code: 'USAGE', exitCode: 2, advice: 'See: millrace try --help' }),
    )
  },
)

test('help needs no words', () => {
  expect(parseCommandLine(syntax, ['-h']).flag('help')).toBe(true)
})

test('pairs keep what follows the first equals sign, and need a name', () => {
  expect(readKeyValues(['a=1', 'b=x=y', 'c='], '--input')).toEqual({ a: '1', b: 'x=y', c: '' })
  expect(() => readKeyValues(['=1'], '--input')).toThrow('--input wants name=value, not "=1".')
  expect(() => readKeyValues(['alone'], '--input')).toThrow('name=value')
})

test('ids of the server may begin with dashes', () => {
  const ids = ['-bc5lZ54gSdH-4YwMZRm', '--c5lZ54gSdH-4YwMZRm:redo[1]/approve']
  const line = parseCommandLine(syntax, [...ids, '--text', ids[0] ?? ''])
  expect([...line.positionals, line.text('text')]).toEqual([...ids, ids[0]])
})
