import { z } from 'zod'

/** Ids are opaque; what cannot be one is simply not found. */
export const IdParams = z.object({ id: z.string().min(1).max(400) })

/** Ids of questions carry a node path. */
export const PromptParams = z.object({ requestId: z.string().min(1).max(300) })

export const NoContent = z.null()
