import type { NodeDefinition } from '@millrace/shared/nodes/definition'

/** Which control a setting gets. Those of the schemas' `widget` hints, then those that follow from the type. */
export type FieldWidget =
  | 'template'
  | 'expression'
  | 'slider'
  | 'segmented'
  | 'fields'
  | 'choices'
  | 'headers'
  | 'setFields'
  | 'credential'
  | 'provider'
  | 'model'
  | 'knowledgeBase'
  | 'duration'
  | 'durations'
  | 'json'
  | 'group'
  | 'text'
  | 'number'
  | 'select'
  | 'switch'

/** One setting of a node type, read from its schema. */
export interface FieldSpec {
  name: string
  title: string
  help: string | null
  widget: FieldWidget
  isOptional: boolean
  fallback: unknown
  min: number | null
  max: number | null
  step: number | null
  isInteger: boolean
  unit: string | null
  rows: number
  isMono: boolean
  options: readonly string[]
  /** Shown only while other settings have these values. */
  when: Record<string, unknown> | null
  /** Settings inside a group. */
  members: readonly FieldSpec[]
}

/** The part of zod's classes that describes a schema. */
interface Described {
  def: { type: string; innerType?: Described; defaultValue?: unknown }
  meta: () => Record<string, unknown> | undefined
  shape?: Record<string, Described>
  options?: readonly unknown[]
  minValue?: number | null
  maxValue?: number | null
  isInt?: boolean
}

const byType: Record<string, FieldWidget> = {
  string: 'text',
  number: 'number',
  enum: 'select',
  boolean: 'switch',
  object: 'group',
}

/** The settings of a node type in the order of its schema. */
export function fieldSpecs(definition: NodeDefinition): FieldSpec[] {
  return specsOf(definition.configSchema.shape as unknown as Record<string, Described>)
}

function specsOf(shape: Record<string, Described>): FieldSpec[] {
  return Object.entries(shape).map(([name, schema]) => specOf(name, schema))
}

function specOf(name: string, schema: Described): FieldSpec {
  const meta = schema.meta() ?? {}
  let inner = schema
  let isOptional = false
  let fallback: unknown
  while (inner.def.innerType !== undefined) {
    if (inner.def.type === 'optional') isOptional = true
    if (inner.def.type === 'default') {
      isOptional = true
      fallback = inner.def.defaultValue
    }
    inner = inner.def.innerType
  }
  const text = (key: string) => (typeof meta[key] === 'string' ? meta[key] : null)
  const number = (key: string) => (typeof meta[key] === 'number' ? meta[key] : null)
  const isNumber = inner.def.type === 'number'
  return {
    name,
    title: text('title') ?? name,
    help: text('help') ?? text('description'),
    widget: (text('widget') as FieldWidget | null) ?? byType[inner.def.type] ?? 'json',
    isOptional,
    fallback,
    // zod's own bound of whole numbers is no bound worth telling.
    min: isNumber ? tellable(inner.minValue) : null,
    max: isNumber ? tellable(inner.maxValue) : null,
    step: number('step'),
    isInteger: isNumber && inner.isInt === true,
    unit: text('unit'),
    rows: number('rows') ?? 1,
    isMono: meta.mono === true,
    options: (inner.options ?? []).filter((option) => typeof option === 'string'),
    when: typeof meta.when === 'object' && meta.when !== null ? (meta.when as Record<string, unknown>) : null,
    members: inner.shape === undefined ? [] : specsOf(inner.shape),
  }
}

function tellable(bound: number | null | undefined): number | null {
  return bound == null || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound
}

/** Whether a setting is shown while the others are as they are. */
export function isShown(spec: FieldSpec, config: Record<string, unknown>, all: readonly FieldSpec[]): boolean {
  // Only the demo takes no key, and only it can be told how to behave.
  if (spec.widget === 'credential' && (config.provider ?? 'demo') === 'demo') return false
  if (spec.name === 'demo' && (config.provider ?? 'demo') !== 'demo') return false
  return Object.entries(spec.when ?? {}).every(([name, value]) => {
    const current = config[name] ?? all.find((other) => other.name === name)?.fallback
    return current === value
  })
}
