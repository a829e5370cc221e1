import { AppError } from '@millrace/shared/errors/app-error'
import { acceptJson } from '@millrace/shared/protocol/incoming-json'
import { z } from 'zod'

/** Where a page of a list that is sorted by a time ended: the last row's time and id. */
export interface PagePosition {
  time: number
  id: string
}

const Encoded = z.tuple([z.int().min(0), z.string().min(1).max(400)])

export function encodeCursor({ time, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url')
}

/** Throws AppError INVALID_INPUT for anything that no answer of ours contained. */
export function decodeCursor(cursor: string | undefined): PagePosition | null {
  if (cursor === undefined) return null
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8')
    const [time, id] = Encoded.parse(acceptJson(JSON.parse(text), text))
    return { time, id }
  } catch (cause) {
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'cursor', message: 'is not from an answer' }] }, { cause })
  }
}

/** One page of rows that were read with `limit + 1`: the extra one only tells that there is more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, position }: { item: (row: Row) => Item; position: (row: Row) => PagePosition },
): { items: Item[]; nextCursor?: string } {
  const items = rows.slice(0, limit).map(item)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return last === undefined ? { items } : { items, nextCursor: encodeCursor(position(last)) }
}
