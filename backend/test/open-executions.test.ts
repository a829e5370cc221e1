import { afterAll, beforeAll, expect, test } from 'vitest'
import { listOpenExecutions, type OpenExecutionRow } from '../src/repositories/executions.ts'
import { executions } from '../src/repositories/schema/events.ts'
import { rotatePages } from '../src/temporal/rotate-pages.ts'
import { openTestPglite, type TestDatabase } from './support/test-database.ts'

let db: TestDatabase | undefined
beforeAll(async () => {
  db = await openTestPglite()
})
afterAll(() => db?.close())

const rowOf = (id: string, touchedAt: number, status: 'waiting' | 'completed' = 'waiting') => ({
  id,
  status,
  touchedAt,
  workspaceId: 'w',
  workflowId: 'f',
  workflowName: 'F',
  workflowVersion: 1,
  input: {},
  totalNodes: 1,
  startedBy: 'u',
  startedByName: 'U',
  createdAt: 1,
})

test('every waiting run has its turn, the most silent first, also where many were touched at the same time', async () => {
  if (db === undefined) throw new Error('no database')
  const { orm } = db.database
  await orm.insert(executions).values([rowOf('newest', 9), rowOf('b', 5), rowOf('a', 5), rowOf('c', 5)])
  await orm.insert(executions).values([rowOf('oldest', 1), rowOf('over', 5, 'completed')])
  const next = rotatePages<OpenExecutionRow>(2, (after, limit) => listOpenExecutions(orm, limit, after))
  const turns: string[][] = []
  for (let turn = 0; turn < 4; turn += 1) turns.push((await next()).map(({ executionId }) => executionId))
  expect(turns).toEqual([['oldest', 'a'], ['b', 'c'], ['newest'], ['oldest', 'a']])
})
