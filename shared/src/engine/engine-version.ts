import type { PlanNode } from './plan.ts'

/**
 * Which interpreter a run needs. 1: the first one. 2: nodes of type `stop`, and prompts that remind. A plan asks for the
 * lowest that does what is drawn, so that while a deployment is under way older workers keep what they know.
 */
export type EngineVersion = 1 | 2

/** The newest that the interpreter of this build knows; it knows all before it as well. */
export const engineVersionMax: EngineVersion = 2

/** The lowest version that these nodes need. */
export function engineVersionFor(nodes: readonly PlanNode[]): EngineVersion {
  return nodes.some((node) => node.type === 'stop' || reminds(node)) ? 2 : 1
}

function reminds({ type, config: { remindAfterMs } }: PlanNode): boolean {
  return type === 'prompt' && Array.isArray(remindAfterMs) && remindAfterMs.length > 0
}
