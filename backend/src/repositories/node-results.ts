import type { NodeResultPort, StoredNodeResult } from '@millrace/temporal/ports'
import { and, eq, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { nodeResults } from './schema/events.ts'
import { toJsonb } from './to-jsonb.ts'

/** Results that activities store before they return (R7), so that a repeated attempt returns the first one. */
export function createNodeResultRepository(database: Database): NodeResultPort {
  return {
    async find(executionId, nodePath) {
      const [row] = await database.orm
        .select({ result: nodeResults.result })
        .from(nodeResults)
        .where(and(eq(nodeResults.executionId, executionId), eq(nodeResults.nodePath, nodePath)))
      return row === undefined ? null : (row.result as StoredNodeResult)
    },
    async store(executionId, nodePath, result) {
      await database.orm
        .insert(nodeResults)
        .values({ executionId, nodePath, result: sql`${toJsonb(result)}::jsonb`, createdAt: Date.now() })
        .onConflictDoNothing()
    },
  }
}
