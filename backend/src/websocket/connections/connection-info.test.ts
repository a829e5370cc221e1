import { expect, test } from 'vitest'
import { type ConnectionInfo, furthestBehind } from './connection-info.ts'

const infoOf = (connectionId: string, figures: Partial<ConnectionInfo>): ConnectionInfo => ({
  connectionId,
  userId: 'ada',
  userName: 'Ada',
  kind: 'user',
  client: 'browser',
  address: '127.0.0.1',
  userAgent: null,
  openedAt: 1,
  subscriptionCount: 1,
  lagEvents: 0,
  blockedSince: null,
  unsentBytes: 0,
  unackedBytes: 0,
  eventsSentCount: 0,
  ...figures,
})

test('names those who are furthest behind first, and no more than asked for', () => {
  const connections = [
    infoOf('at the head, new', { openedAt: 5 }),
    infoOf('at the head, old', { openedAt: 2 }),
    infoOf('far behind', { lagEvents: 900 }),
    infoOf('as far, and full', { lagEvents: 900, unsentBytes: 10 }),
    infoOf('behind', { lagEvents: 30 }),
  ]
  const named = furthestBehind(connections, 4).map(({ connectionId }) => connectionId)
  expect(named).toEqual(['as far, and full', 'far behind', 'behind', 'at the head, old'])
})
