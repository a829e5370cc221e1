import { AppError } from '../errors/app-error.ts'
import type { Json, JsonObject } from '../json.ts'
import { engineLimits } from './engine-limits.ts'
import { requireBytes } from './json-size.ts'
import type { PlanNode } from './plan.ts'

export interface PureResult {
  output: JsonObject
  /** Ports that are taken. */
  ports: string[]
}

interface RenderedField {
  name: string
  value: Json
}

/**
 * What a pure node makes of its rendered set-up. Throws AppError EXPRESSION_FAILED for a condition that is neither true
 * nor false, OUTPUT_TOO_LARGE, NODE_CONFIG_INVALID for a type that is not pure.
 */
export function evaluatePureNode({ type, ports }: Pick<PlanNode, 'type' | 'ports'>, config: JsonObject): PureResult {
  switch (type) {
    case 'condition':
      return condition(config.expression)
    case 'set':
    case 'output': {
      const fields = (Array.isArray(config.fields) ? config.fields : []) as unknown as RenderedField[]
      const output = Object.fromEntries(fields.map(({ name, value }) => [name, value]))
      requireBytes(output, engineLimits.outputBytesMax)
      return { output, ports: normalPorts(ports) }
    }
    default:
      throw new AppError(
        'NODE_CONFIG_INVALID',
        { type },
        { message: `A step of type ${type} cannot be evaluated inside the workflow.` },
      )
  }
}

function condition(result: Json | undefined): PureResult {
  if (typeof result === 'boolean') return { output: { result }, ports: [result ? 'yes' : 'no'] }
  const reason = `it yields ${result === null ? 'null' : Array.isArray(result) ? 'a list' : `a ${typeof result}`}, not true or false`
  throw new AppError('EXPRESSION_FAILED', { reason }, { message: `The condition could not be decided: ${reason}.` })
}

/** Ports by which a node goes on when nothing special happened. */
export function normalPorts(ports: readonly string[]): string[] {
  return ports.filter((port) => port !== 'error' && port !== 'expired')
}
