import { expect, test } from 'vitest'
import { isNodeNewEnough, nodeTooOldMessage } from '../lib/node-version.mjs'

test.each([
  ['20.20.2', false],
  ['22.21.9', false],
  ['22.22.0', true],
  ['22.22.1', true],
  ['24.0.0', true],
  ['18.99.99', false],
])('Node %s runs the sources: %s', (version, expected) => {
  expect(isNodeNewEnough(version)).toBe(expected)
})

test('the advice names both versions and what to type', () => {
  expect(nodeTooOldMessage('20.20.2')).toMatch(/22\.22\.0.*20\.20\.2[^]*npm start/)
})
