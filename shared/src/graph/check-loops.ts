import { type Analysis, problem } from './analyse-definition.ts'
import { reachableFrom, successors } from './graph-edge.ts'
import { loopsAround, nestingOf } from './loop-bodies.ts'
import { type WorkflowProblem, workflowLimits } from './workflow-definition.ts'

/** Longest node path, in characters: what an event's field holds, with three digits for each round. */
const nodePathCharactersMax = 200

/** Cycles are closed by loop edges, loop edges close cycles, and loops nest. */
export function checkLoops(analysis: Analysis): WorkflowProblem[] {
  return [...checkCycles(analysis), ...checkBodies(analysis), ...checkCrossing(analysis), ...checkPaths(analysis)]
}

/** Only nodes that lie on a cycle are named, not those behind one. */
function checkCycles({ order, edges }: Analysis): WorkflowProblem[] {
  const next = successors(edges)
  const onCycle = order.cyclic.filter((id) =>
    (next.get(id) ?? []).some((target) => reachableFrom(target, next).has(id)),
  )
  const reported = new Set<string>()
  return onCycle.flatMap((id) => {
    if (reported.has(id)) return []
    const around = reachableFrom(id, next)
    const members = onCycle.filter((other) => around.has(other) && reachableFrom(other, next).has(id))
    for (const member of members) reported.add(member)
    return [
      problem('CYCLE_WITHOUT_LOOP', `${members.join(', ')} form a cycle. Mark the edge that leads back as a loop.`, {
        nodeId: id,
      }),
    ]
  })
}

function checkBodies({ loops }: Analysis): WorkflowProblem[] {
  return loops
    .filter(({ body }) => body.size === 0)
    .map(({ edgeId }) =>
      problem('LOOP_WITHOUT_CYCLE', 'This edge is marked as a loop but does not lead back.', { edgeId }),
    )
}

/** One more than are named at most: pairs grow with the square of the loops. */
function checkCrossing({ loops }: Analysis): WorkflowProblem[] {
  const problems: WorkflowProblem[] = []
  for (const [index, loop] of loops.entries()) {
    for (const other of loops.slice(index + 1)) {
      if (nestingOf(loop, other) !== 'crossing') continue
      const message = `This loop and “${loop.edgeId}” overlap without one lying inside the other.`
      problems.push(problem('LOOPS_CROSS', message, { edgeId: other.edgeId }))
      if (problems.length > workflowLimits.problemsMax) return problems
    }
  }
  return problems
}

function checkPaths({ byId, loops }: Analysis): WorkflowProblem[] {
  return [...byId.keys()].flatMap((id) => {
    const frames = loopsAround(id, loops)
    const length = frames.reduce((sum, { edgeId }) => sum + edgeId.length + '[101]/'.length, id.length)
    return length > nodePathCharactersMax
      ? [
          problem('LOOP_PATH_TOO_LONG', 'The loops around this node have ids that are too long together.', {
            nodeId: id,
          }),
        ]
      : []
  })
}
