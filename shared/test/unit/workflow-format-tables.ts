import { z } from 'zod'
import { engineLimits, expressionLimits } from '../../src/engine/engine-limits.ts'
import { portsOf } from '../../src/graph/ports-of.ts'
import { problemCodes } from '../../src/graph/problem-codes.ts'
import { workflowLimits } from '../../src/graph/workflow-definition.ts'
import { nodeDefinitions } from '../../src/nodes/registry.ts'

type Shape = {
  type?: string
  enum?: unknown[]
  anyOf?: Shape[]
  items?: Shape
  properties?: Record<string, Shape>
  required?: string[]
  default?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  unit?: string
}

/** Numbers as people read them, for exact bounds only. */
function bounded({ minimum, maximum, maxLength, maxItems, unit }: Shape): string {
  const parts: string[] = []
  if (minimum !== undefined && maximum !== undefined)
    parts.push(`${minimum} to ${maximum}${unit === undefined ? '' : ` ${unit}`}`)
  if (maxLength !== undefined) parts.push(`at most ${maxLength} characters`)
  if (maxItems !== undefined) parts.push(`at most ${maxItems}`)
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}

function kindOf(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${String(value)}\``).join(' ')
  if (shape.type === 'array')
    return `list of ${shape.items?.properties === undefined ? kindOf(shape.items ?? {}) : `{ ${Object.keys(shape.items.properties).join(', ')} }`}${bounded(shape)}`
  if (shape.properties !== undefined) return `{ ${Object.keys(shape.properties).join(', ')} }`
  return `${shape.type ?? 'any'}${bounded(shape)}`
}

function defaultOf(name: string, shape: Shape, required: readonly string[]): string {
  if (shape.default !== undefined) return `\`${JSON.stringify(shape.default)}\``
  return required.includes(name) ? '**required**' : '–'
}

function configTable(schema: z.ZodType): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape
  return [
    '| Setting | Value | Default |',
    '| --- | --- | --- |',
    ...Object.entries(properties).map(
      ([name, shape]) => `| \`${name}\` | ${kindOf(shape)} | ${defaultOf(name, shape, required)} |`,
    ),
  ]
}

function nodeTypes(): string[] {
  return Object.values(nodeDefinitions).flatMap((definition) => {
    const { type, title, description, kind } = definition
    const ports = portsOf({ type, config: definition.defaults(), onError: undefined }).map(({ id }) => `\`${id}\``)
    const fields = definition
      .outputFields(definition.configSchema.parse(fillIn(definition.defaults())) as never)
      .map(({ name }) => `\`${name}\``)
    return [
      `### \`${type}\`: ${title}`,
      '',
      `${description}. Kind: ${kind}. Ports: ${ports.join(', ') || 'none'}. Output: ${fields.join(', ') || 'none'}.`,
      '',
      ...configTable(definition.configSchema),
      '',
    ]
  })
}

/** Defaults leave open what only a person knows. */
function fillIn(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, value === '' ? 'x' : value]))
}

function table(heading: [string, string], rows: readonly (readonly [string, unknown])[]): string[] {
  return [
    `| ${heading.join(' | ')} |`,
    '| --- | --- |',
    ...rows.map(([name, value]) => `| \`${name}\` | ${String(value)} |`),
  ]
}

/** The parts of docs/workflow-format.md that follow from the code, by the name of their mark. */
export const workflowFormatTables: Record<string, string> = {
  'node-types': nodeTypes().join('\n').trim(),
  problems: table(['Code', 'Meaning'], Object.entries(problemCodes)).join('\n'),
  limits: table(['Bound', 'Value'], Object.entries({ ...workflowLimits, ...engineLimits, ...expressionLimits })).join(
    '\n',
  ),
}
