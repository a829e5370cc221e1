import { expect, test } from 'vitest'
import { ChangedUsers } from './changed-users.ts'

test('has a user read at once, then once a second, for a minute', () => {
  const users = new ChangedUsers()
  users.add('ada', 0)
  expect(users.due(0)).toEqual(['ada'])
  users.markRead('ada', 10)
  expect(users.due(500)).toEqual([])
  expect(users.due(1010)).toEqual(['ada'])
  users.forgetOld(59_999)
  expect(users.due(59_999)).toEqual(['ada'])
  users.forgetOld(60_000)
  expect(users.due(60_000)).toEqual([])
})

test('does not forget who could not be read since the change', () => {
  const users = new ChangedUsers()
  users.add('ada', 0)
  users.forgetOld(600_000)
  expect(users.due(600_000)).toEqual(['ada'])
})

test('has those read first that were not read since their change, and not too many at a time', () => {
  const users = new ChangedUsers()
  for (let index = 0; index < 600; index += 1) {
    users.add(`read-${index}`, 0)
    users.markRead(`read-${index}`, 0)
  }
  users.add('unread', 1)
  const due = users.due(5000)
  expect([due.length, due[0]]).toEqual([500, 'unread'])
})

test('remembers a bounded number of users', () => {
  const users = new ChangedUsers()
  for (let index = 0; index < 10_100; index += 1) users.add(`user-${index}`, index)
  expect(users.count).toBe(10_000)
})
