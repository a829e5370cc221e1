import { z } from 'zod'

const Component = z.object({ status: z.enum(['ok', 'away']), detail: z.string().optional() })

export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  uptimeMs: z.number(),
  components: z.record(z.string(), Component),
})
export type Health = z.output<typeof Health>
