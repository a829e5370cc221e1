import { expect, it } from 'vitest'
import { hookEventChoices } from './hook-event-words.ts'

it('has words for every event that a hook can be told of', () => {
  expect(hookEventChoices.filter(({ type, label }) => type === label)).toEqual([])
  expect(hookEventChoices.length).toBeGreaterThan(10)
})
