import { z } from 'zod'

/** Query of every list. `cursor` is opaque: it comes from the answer before. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
})
export type PageQuery = z.output<typeof PageQuery>

/** Answer of every list. Without `nextCursor` it was the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() })
}
export interface Page<Item> {
  items: Item[]
  nextCursor?: string
}

export const ErrorAnswer = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  requestId: z.string(),
})
export type ErrorAnswer = z.output<typeof ErrorAnswer>
