import type { Json, JsonObject } from '../../json.ts'
import type { PlanExpression, Scope } from '../plan.ts'
import { evaluateCel } from './cel.ts'
import { writePath } from './config-path.ts'
import { renderTemplate } from './template.ts'

/** Value of one expression: any JSON for CEL, a text for a template. Throws AppError EXPRESSION_FAILED, OUTPUT_TOO_LARGE. */
export function evaluateExpression(expression: Pick<PlanExpression, 'kind' | 'source'>, scope: Scope): Json {
  return expression.kind === 'cel' ? evaluateCel(expression.source, scope) : renderTemplate(expression.source, scope)
}

/**
 * The config with every expression replaced by its value, at its path. Pure; runs inside the workflow and in activities.
 * A node without output yet must be `{}` in the scope. Throws AppError EXPRESSION_FAILED, OUTPUT_TOO_LARGE.
 */
export function renderConfig(config: JsonObject, expressions: readonly PlanExpression[], scope: Scope): JsonObject {
  let rendered: Json = config
  for (const expression of expressions)
    rendered = writePath(rendered, expression.path.split('.'), evaluateExpression(expression, scope))
  return rendered as JsonObject
}
