import { engineLimits } from './engine-limits.ts'
import { type EngineState, type NodeStep } from './engine-state.ts'
import { jsonBytes } from './json-size.ts'
import type { Plan } from './plan.ts'
import type { NodeOutcome } from './protocol.ts'

const statusOf: Record<NodeStep, NodeOutcome['status']> = {
  pending: 'pending',
  scheduled: 'pending',
  evaluating: 'pending',
  waiting: 'pending',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
}

/**
 * How every generation of every node ended, for the closing transaction (R4). Outputs of the latest generations are
 * inline up to `outcomeBytesMax` together; those of earlier ones are in the log only.
 */
export function nodeOutcomes(plan: Plan, state: EngineState): NodeOutcome[] {
  let bytesLeft: number = engineLimits.outcomeBytesMax
  return plan.nodes.flatMap(({ id }) => {
    const past = (state.past[id] ?? []).map(
      ({ path, step }, index): NodeOutcome => ({
        nodeId: id,
        nodePath: path,
        iteration: index + 1,
        status: statusOf[step],
      }),
    )
    const node = state.nodes[id]
    if (node === undefined) return past
    const latest: NodeOutcome = {
      nodeId: id,
      nodePath: node.path,
      iteration: node.iteration,
      status: statusOf[node.step],
    }
    if (node.error !== undefined) latest.error = node.error
    if (node.reason !== undefined) latest.reason = node.reason
    const output = state.outputs[id]
    if (node.step === 'completed' && output !== undefined) {
      if ('ref' in output) latest.outputRef = output.ref
      else {
        bytesLeft -= jsonBytes(output.value)
        if (bytesLeft >= 0) latest.output = output.value
      }
    }
    return [...past, latest]
  })
}
