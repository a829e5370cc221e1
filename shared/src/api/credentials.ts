import { z } from 'zod'

/** What may be shown of a credential. The secret goes in and never out. */
export const Credential = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.enum(['openai-compatible', 'anthropic']),
  /** Base URL, last four characters of the key. */
  hint: z.record(z.string(), z.string()),
  createdAt: z.number(),
})
export type Credential = z.output<typeof Credential>

export const CreateCredential = z.object({
  name: z.string().trim().min(1).max(120),
  provider: z.enum(['openai-compatible', 'anthropic']),
  apiKey: z.string().min(1).max(4000),
  /** For gateways and local servers. */
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
})
export type CreateCredential = z.input<typeof CreateCredential>
