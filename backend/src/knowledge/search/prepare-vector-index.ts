import { sql } from 'drizzle-orm'
import type { Database } from '../../repositories/database.ts'

/** pgvector's bound for an hnsw index over `vector`. */
const indexedDimensionsMax = 2000

/** Any number that only this step uses: processes that start together take turns. */
const advisoryLockKey = 7_233_002

/**
 * Adds what search needs of pgvector: the column `vector`, filled from `embedding`, and an hnsw index for vectors of
 * `dimensions`. Apart from the numbered migrations, because pgvector may be missing, or its extension not ours to
 * create. Repeatable; called after the migrations. False: search computes exactly in the process instead.
 */
export async function prepareVectorIndex(
  database: Database,
  dimensions: number,
  onFailure: (error: unknown) => void = () => {},
): Promise<boolean> {
  if (!database.hasVector) return false
  try {
    await database.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLockKey})`)
      await tx.execute(sql`create extension if not exists vector`)
      await tx.execute(sql`alter table chunks add column if not exists vector vector`)
      await tx.execute(sql`update chunks set vector = embedding::vector where vector is null and embedding is not null`)
      // In PGlite building it costs about a millisecond per passage on the one connection that everybody shares
      // (measured 2026-11-20), and its knowledge bases are small enough for an exact search.
      if (database.kind === 'postgres' && dimensions <= indexedDimensionsMax) await tx.execute(hnswIndex(dimensions))
    })
    return true
  } catch (error) {
    onFailure(error)
    return false
  }
}

/** Partial, for an index knows one length only and knowledge bases of another embedding have vectors of another. */
function hnswIndex(dimensions: number) {
  const length = String(Math.trunc(dimensions))
  return sql.raw(
    `create index if not exists chunks_vector_${length} on chunks using hnsw ((vector::vector(${length})) vector_cosine_ops) where vector_dims(vector) = ${length}`,
  )
}
