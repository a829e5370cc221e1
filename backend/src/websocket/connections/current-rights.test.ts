import { expect, it } from 'vitest'
import type { Identity } from '../identity.ts'
import { CurrentRights } from './current-rights.ts'

const ada: Identity = {
  kind: 'user',
  userId: 'ada',
  name: 'Ada',
  workspaces: [{ id: 'ws-1', role: 'owner' }],
  expiresAt: 1000,
}
const run = { topic: 'execution:e1', workspaceId: 'ws-1' }

it('goes by the identity of the moment, however often it has said yes before', () => {
  const rights = new CurrentRights(ada, 50)
  expect([rights.mayRead(run), rights.mayRead(run)]).toEqual([true, true])
  expect(rights.mayRead({ topic: 'execution:e2', workspaceId: 'ws-2' })).toBe(false)
  expect([rights.isOver(1050), rights.isOver(1051)]).toEqual([false, true])
  rights.identity = { ...ada, workspaces: [{ id: 'ws-2', role: 'owner' }], expiresAt: null }
  expect([rights.mayRead(run), rights.isOver(Number.MAX_SAFE_INTEGER)]).toEqual([false, false])
})
