import { errorCodeOf } from '../../errors/app-error.ts'
import { expressionLimits } from '../engine-limits.ts'
import type { Scope } from '../plan.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { expressionError, reasonOf } from './expression-error.ts'
import { Context, Liquid, type Template, toValueSync } from './liquid-build.mjs'
import { createBudget, type Limit } from './template-budget.ts'

/** Tags that read files or write into the scope. */
const refusedTags = ['include', 'render', 'layout', 'block', 'increment', 'decrement']

/** Filters that depend on clock, chance, locale or on what the host happens to offer. */
const refusedFilters = [
  'date',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
  'sample',
  'shuffle',
  'sha256',
  'hmac_sha256',
  'base64_encode',
  'base64_decode',
  'raw',
]

/** Last step of every `{{ … }}`: data is shown as JSON, nothing as nothing; what it makes counts as memory. */
function toText(this: { context: Context }, value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'object' ? asData(value) : String(value)
  this.context.memoryLimit.use(text.length)
  return text
}

function asData(value: object): string {
  const json: unknown = JSON.stringify(value)
  return typeof json === 'string' ? json : ''
}

function createLiquid(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    cache: false,
    parseLimit: expressionLimits.sourceCharactersMax,
    memoryLimit: expressionLimits.templateMemoryMax,
    outputEscape: toText,
    // Asked for by file tags only, which are gone; still, nothing shall reach a file or a network.
    templates: {},
  })
  for (const tag of refusedTags) delete liquid.tags[tag]
  for (const filter of refusedFilters) delete liquid.filters[filter]
  return liquid
}

const liquid = createLiquid()

const parsed = createBoundedCache<Template[]>(expressionLimits.cacheEntriesMax, (source) => liquid.parse(source))

export type TemplateCheck = { ok: true; names: string[] } | { ok: false; reason: string }

/** Parses a template and names the variables it reads. */
export function checkTemplate(source: string): TemplateCheck {
  try {
    return { ok: true, names: [...new Set(liquid.globalVariablesSync(parsed(source)))] }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

/** Text of a template over the scope. Throws AppError EXPRESSION_FAILED or OUTPUT_TOO_LARGE. */
export function renderTemplate(source: string, scope: Scope): string {
  // A text without marks is its own rendering; most set-ups are such.
  if (!source.includes('{{') && !source.includes('{%')) return source
  try {
    const templates = parsed(source)
    const budget = createBudget()
    // A copy without a prototype: assignments of the template stay in it, and no inherited name is found.
    const environment = Object.assign(Object.create(null) as Scope, scope)
    const context = new Context(environment, liquid.options, { sync: true }, limits(budget.steps, budget.memory))
    toValueSync(liquid.renderer.renderTemplates(templates, context, budget.emitter))
    return budget.emitter.buffer
  } catch (error) {
    throw expressionError(source, causeOf(error))
  }
}

/** Liquid wraps what a filter or the emitter throws. */
function causeOf(error: unknown): unknown {
  const original = typeof error === 'object' && error !== null && 'originalError' in error ? error.originalError : error
  return errorCodeOf(original) === null ? error : original
}

type ContextLimits = NonNullable<ConstructorParameters<typeof Context>[3]>

/** Liquid's own limiter of rendering reads a clock; ours counts. */
function limits(steps: Limit, memory: Limit): ContextLimits {
  return { renderLimit: steps, memoryLimit: memory, liquid } as unknown as ContextLimits
}
