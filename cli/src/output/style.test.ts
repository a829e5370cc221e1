import { expect, test } from 'vitest'
import { progressBar } from './progress-bar.ts'
import { styleFor } from './style.ts'
import { table } from './table.ts'

const terminal = { isTTY: true, write: () => true }

test('colours only where there is a terminal and nobody switched them off', () => {
  expect(styleFor(terminal, {}).good('x')).toBe('\u001b[32mx\u001b[0m')
  expect(styleFor(terminal, { NO_COLOR: '1' }).good('x')).toBe('x')
  expect(styleFor(terminal, { TERM: 'dumb' }).good('x')).toBe('x')
  expect(styleFor({ write: () => true }, {}).good('x')).toBe('x')
})

test('a bar has the same width at every share', () => {
  expect([-5, 0, 49.9, 100, 250].map(progressBar)).toEqual([
    `${'░'.repeat(20)}   0 %`,
    `${'░'.repeat(20)}   0 %`,
    `${'█'.repeat(9)}${'░'.repeat(11)}  49 %`,
    `${'█'.repeat(20)} 100 %`,
    `${'█'.repeat(20)} 100 %`,
  ])
})

test('columns of a table stand below each other, and cells stay one line', () => {
  expect(
    table(
      ['ID', 'NAME'],
      [
        ['long-id', 'a\nb'],
        ['x', 'c'.repeat(80)],
      ],
    ),
  ).toEqual(['ID       NAME', 'long-id  a b', `x        ${'c'.repeat(59)}…`])
})
