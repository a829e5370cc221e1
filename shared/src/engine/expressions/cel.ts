import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { AppError } from '../../errors/app-error.ts'
import type { Json } from '../../json.ts'
import { expressionLimits } from '../engine-limits.ts'
import type { Scope } from '../plan.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { type CelNames, celNames } from './cel-names.ts'
import { expressionError, reasonOf } from './expression-error.ts'
import { toJson } from './to-json.ts'

/** Names are checked against the graph by `celNames`, so any is allowed here; values of the scope are dynamic. */
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: expressionLimits.celAstNodesMax, maxDepth: expressionLimits.celDepthMax },
})

const arithmetic: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
}
// Numbers of JSON are doubles, literals are ints: without these `start.count + 1` would be a type error.
for (const [operator, apply] of Object.entries(arithmetic)) {
  const handler = (left: unknown, right: unknown) => apply(Number(left), Number(right))
  environment.registerOperator(`double ${operator} int: double`, handler)
  environment.registerOperator(`int ${operator} double: double`, handler)
}

interface Parsed {
  evaluate: (scope: Record<string, unknown>) => unknown
  check: () => { valid: boolean; type?: string; error?: unknown }
  names: CelNames
}

const parsed = createBoundedCache<Parsed>(expressionLimits.cacheEntriesMax, (source) => {
  if (source.length > expressionLimits.sourceCharactersMax)
    throw new AppError('EXPRESSION_FAILED', {}, { message: 'The expression is too long.' })
  const expression = environment.parse(source)
  return { evaluate: expression, check: () => expression.check(), names: celNames(expression.ast as ASTNode) }
})

export type CelCheck = { ok: true; type: string; names: string[]; guarded: string[] } | { ok: false; reason: string }

/** Parses and type-checks an expression. `names`: the variables it reads; `guarded`: those it asks for with `has()`. */
export function checkCel(source: string): CelCheck {
  try {
    const { check, names } = parsed(source)
    if (names.refused !== null) return { ok: false, reason: names.refused }
    const result = check()
    if (!result.valid) return { ok: false, reason: reasonOf(result.error) }
    return { ok: true, type: result.type ?? 'dyn', names: names.free, guarded: names.guarded }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

/** Value of an expression over the scope, as JSON. Throws AppError EXPRESSION_FAILED. */
export function evaluateCel(source: string, scope: Scope): Json {
  try {
    const { evaluate, names } = parsed(source)
    if (names.refused !== null) throw new Error(names.refused)
    // Without a prototype: `constructor` and the like are names like any other, and unknown.
    return toJson(evaluate(Object.assign(Object.create(null) as Scope, scope)))
  } catch (error) {
    throw expressionError(source, error)
  }
}
