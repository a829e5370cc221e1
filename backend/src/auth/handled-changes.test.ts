import { expect, test } from 'vitest'
import { HandledChanges } from './handled-changes.ts'

const change = (id: number, changedAt: number) => ({ id, changedAt })
const idsOf = (changes: { id: number }[]) => changes.map(({ id }) => id)

test('takes each change once, however often the overlap shows it', () => {
  const handled = new HandledChanges(100)
  expect(idsOf(handled.take([change(1, 1000), change(2, 1010)]))).toEqual([1, 2])
  expect(idsOf(handled.take([change(1, 1000), change(2, 1010), change(3, 1020)]))).toEqual([3])
})

test('takes a change whose commit came after that of a later number', () => {
  const handled = new HandledChanges(100)
  handled.take([change(2, 1010)])
  expect(handled.since).toBe(910)
  expect(idsOf(handled.take([change(1, 1000), change(2, 1010)]))).toEqual([1])
})

test('remembers one overlap and no more', () => {
  const handled = new HandledChanges(100)
  for (let id = 0; id < 10_000; id += 1) {
    const { since } = handled
    const visible = [change(id - 1, (id - 1) * 10), change(id, id * 10)]
    handled.take(visible.filter(({ changedAt }) => since === null || changedAt >= since))
  }
  expect(handled.count).toBeLessThanOrEqual(12)
})
