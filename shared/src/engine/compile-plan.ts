import { type AnalysedNode, type Analysis, analyseDefinition } from '../graph/analyse-definition.ts'
import { readNames } from '../graph/check-expressions.ts'
import { enclosingLoops } from '../graph/loop-bodies.ts'
import { isRunnable, validateDefinition } from '../graph/validate.ts'
import { WorkflowDefinition, type WorkflowProblem } from '../graph/workflow-definition.ts'
import type { JsonObject } from '../json.ts'
import { approveChoices } from '../nodes/prompt.ts'
import type { NodeType } from '../nodes/registry.ts'
import { engineVersionFor } from './engine-version.ts'
import type { Plan, PlanExpression, PlanLoop, PlanNode } from './plan.ts'

export interface CompileRequest {
  definition: unknown
  workflowId: string
  workflowName: string
  workflowVersion: number
}

export type CompileResult =
  | { plan: Plan; problems: WorkflowProblem[] }
  | { plan?: undefined; problems: WorkflowProblem[] }

const onceOnly = { maxAttempts: 1, initialIntervalMs: 0, backoffCoefficient: 1, maxIntervalMs: 0 }
/** For effects whose type names none. */
const timeoutDefaultMs = 60_000

/**
 * Makes the immutable plan that a run carries. `plan` is missing when a problem keeps the workflow from running;
 * with a plan, `problems` holds warnings only. The same definition always gives the same plan.
 */
export function compilePlan({ definition, workflowId, workflowName, workflowVersion }: CompileRequest): CompileResult {
  const problems = validateDefinition(definition)
  if (!isRunnable(problems)) return { problems }
  const analysis = analyseDefinition(WorkflowDefinition.parse(definition))
  const nodes = analysis.order.order.flatMap((id) => {
    const entry = analysis.byId.get(id)
    return entry === undefined ? [] : [compileNode(entry, analysis)]
  })
  const plan: Plan = {
    engineVersion: engineVersionFor(nodes),
    workflowId,
    workflowName,
    workflowVersion,
    nodes,
    edges: analysis.definition.edges
      .map(({ id, source, sourcePort, target, loop }) => ({
        id,
        source,
        sourcePort,
        target,
        ...(loop === undefined ? {} : { maxIterations: loop.maxIterations }),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    loops: compileLoops(analysis),
  }
  return { plan, problems }
}

function compileNode({ node, definition, config, ports }: AnalysedNode, { byId }: Analysis): PlanNode {
  const parsed = withChoices(node.type, config ?? {})
  const expressions = (definition?.expressions(parsed) ?? []).map((expression): PlanExpression => {
    const read = readNames(expression)
    return { ...expression, reads: read.ok ? read.names.filter((name) => byId.has(name)).sort() : [] }
  })
  return {
    id: node.id,
    type: node.type as NodeType,
    name: node.name,
    kind: definition?.kind ?? 'pure',
    // Through JSON: a plan is stored and sent, so what JSON drops must not be there before either.
    config: JSON.parse(JSON.stringify(parsed)) as JsonObject,
    expressions,
    ports: ports.map((port) => port.id),
    join: node.join ?? 'all',
    onError: node.onError ?? 'fail',
    retry: { ...(definition?.defaultRetry ?? onceOnly), ...given(node.retry ?? {}) },
    timeoutMs: node.timeoutMs ?? definition?.defaultTimeoutMs ?? timeoutDefaultMs,
  }
}

function compileLoops({ loops, definition, order }: Analysis): PlanLoop[] {
  return loops.map((loop) => ({
    edgeId: loop.edgeId,
    body: order.order.filter((id) => loop.body.has(id)),
    maxIterations: definition.edges.find(({ id }) => id === loop.edgeId)?.loop?.maxIterations ?? 1,
    enclosing: enclosingLoops(loop, loops).map(({ edgeId }) => edgeId),
  }))
}

/** The interpreter must not import what carries schemas, so an approval's fixed choices travel in the plan. */
function withChoices(type: string, config: Record<string, unknown>): Record<string, unknown> {
  return type === 'prompt' && config.kind === 'approve' ? { ...config, choices: approveChoices } : config
}

/** Without fields that are there but undefined: they must not hide what the type says. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>
  }
}
