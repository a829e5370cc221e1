import type { EngineVersion, PlanNode } from './plan.ts'

/** The newest that the interpreter of this build knows; it knows all before it as well. */
export const engineVersionMax: EngineVersion = 2

/** The lowest version that these nodes need: while a deployment is under way older workers keep what they know. */
export function engineVersionFor(nodes: readonly PlanNode[]): EngineVersion {
  return nodes.some((node) => node.type === 'stop' || reminds(node)) ? 2 : 1
}

function reminds({ type, config: { remindAfterMs } }: PlanNode): boolean {
  return type === 'prompt' && Array.isArray(remindAfterMs) && remindAfterMs.length > 0
}
