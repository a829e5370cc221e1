import { bigint, customType } from 'drizzle-orm/pg-core'

/** Epoch milliseconds. */
export const epochMs = () => bigint({ mode: 'number' })

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** Weighted words for full text search; filled by the database itself. */
export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })
