import type { Json } from '../json.ts'
import type { EngineState } from './engine-state.ts'
import type { Plan, PlanNode, Scope } from './plan.ts'
import type { EffectScope } from './protocol.ts'

/** What a node's expressions read: outputs of the latest generations, `{}` where there is none yet, and the run itself. */
export function effectScope(plan: Plan, node: PlanNode, state: EngineState): EffectScope {
  const reads = new Set(node.expressions.flatMap((expression) => expression.reads))
  return {
    run: { value: { id: state.executionId, workflow: plan.workflowName } },
    ...Object.fromEntries([...reads].sort().map((id) => [id, state.outputs[id] ?? { value: {} }])),
  }
}

/** The same as plain values; null when one is a reference, which only the world outside can resolve. */
export function plainScope(scope: EffectScope): Scope | null {
  const values: [string, Json][] = []
  for (const [id, output] of Object.entries(scope)) {
    if (!('value' in output)) return null
    values.push([id, output.value])
  }
  return Object.fromEntries(values)
}
