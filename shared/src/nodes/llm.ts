import { z } from 'zod'
import { defineNode, outPort } from './definition.ts'

/** Who can be asked; `demo` needs no credential. */
export const modelProviders = ['demo', 'openai-compatible', 'anthropic'] as const

const configSchema = z.strictObject({
  provider: z.enum(modelProviders).default('demo').meta({ title: 'Provider', widget: 'provider' }),
  model: z.string().min(1).max(200).default('demo-writer').meta({ title: 'Model', widget: 'model' }),
  credentialId: z.string().max(64).optional().meta({ title: 'Credential', widget: 'credential' }),
  system: z.string().max(50_000).default('').meta({ title: 'System', widget: 'template', rows: 2 }),
  user: z.string().min(1).max(100_000).meta({ title: 'Message', widget: 'template', rows: 4 }),
  temperature: z.number().min(0).max(2).default(0.7).meta({ title: 'Temperature', widget: 'slider', step: 0.1 }),
  maxTokens: z.int().min(1).max(32_000).default(400).meta({ title: 'Max tokens' }),
  /** JSON Schema; when set, the answer is parsed, checked against it and offered as `object`. */
  outputSchema: z.record(z.string(), z.unknown()).optional().meta({ title: 'Output schema', widget: 'json' }),
  /** Only for the demo provider: how fast it writes and how it misbehaves, so that everything can be tried without a key. */
  demo: z
    .strictObject({
      tokensPerSecond: z.number().min(0.5).max(5000).default(40).meta({ title: 'Tokens per second' }),
      stallAfterTokens: z.int().min(1).optional().meta({ title: 'Stall after', unit: 'tokens' }),
      stallMs: z.int().min(0).max(600_000).default(0).meta({ title: 'Stall for', unit: 'ms' }),
      failAfterTokens: z.int().min(0).optional().meta({ title: 'Fail after', unit: 'tokens' }),
      /** Attempts up to this one fail; later ones succeed. */
      failAttempts: z.int().min(0).max(20).default(0).meta({ title: 'Failing attempts' }),
      /** Length of the answer; without it the demo writes about as much as its template has. */
      tokens: z.int().min(1).max(20_000).optional().meta({ title: 'Length', unit: 'tokens' }),
    })
    .optional()
    .meta({ title: 'Demo behaviour', widget: 'group' }),
})

export const llm = defineNode({
  type: 'llm',
  title: 'Write with a model',
  description: 'Asks a language model and streams its answer',
  group: 'AI',
  kind: 'effect',
  icon: 'sparkles',
  runsIn: 'server',
  configSchema,
  defaults: () => ({ provider: 'demo', model: 'demo-writer', user: '', temperature: 0.7, maxTokens: 400 }),
  outputs: () => [outPort],
  expressions: (config) => [
    { path: 'system', kind: 'template', source: config.system },
    { path: 'user', kind: 'template', source: config.user },
  ],
  outputFields: (config) => [
    { name: 'text', type: 'string', description: 'The whole answer' },
    ...(config.outputSchema ? [{ name: 'object', type: 'object' as const, description: 'The answer as data' }] : []),
    { name: 'usage', type: 'object', description: 'Tokens in and out' },
  ],
  summary: (config) =>
    `${config.provider === 'demo' ? 'demo' : config.model} · ${config.temperature} · ${config.maxTokens} tokens`,
  defaultRetry: { maxAttempts: 3, initialIntervalMs: 1000, backoffCoefficient: 2, maxIntervalMs: 30_000 },
  defaultTimeoutMs: 300_000,
})
