import { z } from 'zod'
import { defineNode, type ExpressionRef, outPort } from './definition.ts'

const HeaderRow = z.strictObject({ name: z.string().min(1).max(200), value: z.string().max(8000).default('') })

const configSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']).default('GET').meta({ title: 'Method' }),
  url: z.string().min(1).max(8000).meta({ title: 'Address', widget: 'template', rows: 1, mono: true }),
  headers: z.array(HeaderRow).max(50).default([]).meta({ title: 'Headers', widget: 'headers' }),
  /** Sent as it stands after rendering; JSON where it parses as such and no content type is given. */
  body: z.string().max(200_000).optional().meta({ title: 'Body', widget: 'template', rows: 4, mono: true }),
  /** Statuses that count as success: single ones and ranges. */
  successCodes: z
    .string()
    .regex(/^\d{3}(-\d{3})?(\s*,\s*\d{3}(-\d{3})?)*$/, 'For example 200-299, 404')
    .default('200-299')
    .meta({ title: 'Success codes' }),
  timeoutMs: z.int().min(100).max(300_000).default(30_000).meta({ title: 'Timeout', unit: 'ms' }),
})

export const http = defineNode({
  type: 'http',
  title: 'HTTP request',
  description: 'Calls an address and reads its answer',
  group: 'Data',
  kind: 'effect',
  icon: 'globe',
  runsIn: 'server',
  configSchema,
  defaults: () => ({ method: 'GET', url: 'https://' }),
  outputs: () => [outPort],
  expressions: (config) => [
    { path: 'url', kind: 'template', source: config.url },
    ...config.headers.map(
      (header, index): ExpressionRef => ({ path: `headers.${index}.value`, kind: 'template', source: header.value }),
    ),
    ...(config.body === undefined ? [] : [{ path: 'body', kind: 'template', source: config.body } as const]),
  ],
  outputFields: () => [
    { name: 'status', type: 'number', description: 'Status of the answer' },
    { name: 'body', type: 'any', description: 'JSON as data, anything else as text' },
    { name: 'headers', type: 'object', description: 'Headers of the answer, names in lower case' },
  ],
  summary: (config) => `${config.method} ${config.url.replace(/^https?:\/\//, '') || 'no address yet'}`,
  defaultRetry: { maxAttempts: 3, initialIntervalMs: 1000, backoffCoefficient: 2, maxIntervalMs: 30_000 },
  defaultTimeoutMs: 60_000,
})
