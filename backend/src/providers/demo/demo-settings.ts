import { z } from 'zod'

/** How the demo model behaves; bounds are those of the llm node's set-up, see shared/src/nodes/llm.ts. */
const DemoSettings = z.object({
  tokensPerSecond: z.number().min(0.5).max(5000).default(40),
  stallAfterTokens: z.int().min(1).optional(),
  stallMs: z.int().min(0).max(600_000).default(0),
  failAfterTokens: z.int().min(0).optional(),
  failAttempts: z.int().min(0).max(20).default(0),
  tokens: z.int().min(1).max(20_000).optional(),
})
export type DemoSettings = z.output<typeof DemoSettings>

/** Throws ZodError. */
export function parseDemoSettings(value: unknown): DemoSettings {
  return DemoSettings.parse(value ?? {})
}
