import { utf8Bytes } from '../engine/json-size.ts'
import { analyseDefinition, problem } from './analyse-definition.ts'
import { checkEdges } from './check-edges.ts'
import { checkExpressions } from './check-expressions.ts'
import { checkLoops } from './check-loops.ts'
import { checkNodes } from './check-nodes.ts'
import { WorkflowDefinition, type WorkflowProblem, workflowLimits } from './workflow-definition.ts'

/**
 * The problems of a definition, errors before warnings; empty: it can run. At most `workflowLimits.problemsMax`
 * are named, and MORE_PROBLEMS says that there are others. Accepts anything: what does not have the form of a
 * workflow gets DEFINITION_INVALID. Never throws.
 */
export function validateDefinition(value: unknown): WorkflowProblem[] {
  const parsed = WorkflowDefinition.safeParse(value)
  if (!parsed.success)
    return parsed.error.issues
      .slice(0, 50)
      .map((issue) =>
        problem(
          'DEFINITION_INVALID',
          `${issue.path.join('.') || 'definition'}: ${issue.message}`,
          placeOf(issue.path, value),
        ),
      )
  const definition = parsed.data
  if (utf8Bytes(JSON.stringify(definition)) > workflowLimits.definitionBytesMax) {
    return [problem('TOO_LARGE', `A workflow may have ${workflowLimits.definitionBytesMax / 1024} KiB.`)]
  }
  const analysis = analyseDefinition(definition)
  const problems = [
    ...checkNodes(analysis),
    ...checkEdges(analysis),
    ...checkLoops(analysis),
    ...checkExpressions(analysis),
  ]
  return withinBound([
    ...problems.filter(({ severity }) => severity === 'error'),
    ...problems.filter(({ severity }) => severity !== 'error'),
  ])
}

/** What is left out is counted by a last problem, as grave as the gravest of it. Checks may have stopped early, so it says "at least". */
function withinBound(problems: WorkflowProblem[]): WorkflowProblem[] {
  const { problemsMax } = workflowLimits
  const [firstLeftOut, ...others] = problems.slice(problemsMax)
  if (firstLeftOut === undefined) return problems
  const message = `There are more problems, at least ${others.length + 1}. Solve some of these first.`
  const { severity } = firstLeftOut
  return [...problems.slice(0, problemsMax), problem('MORE_PROBLEMS', message, { severity })]
}

/** True when nothing stands against running it. */
export function isRunnable(problems: readonly WorkflowProblem[]): boolean {
  return problems.every(({ severity }) => severity === 'warning')
}

/** The node or edge that a fault of form belongs to, as far as it can be told. */
function placeOf(path: PropertyKey[], value: unknown): { nodeId?: string; edgeId?: string; path: string } {
  const [list, index] = path
  const at = { path: path.join('.') }
  if (
    (list !== 'nodes' && list !== 'edges') ||
    typeof index !== 'number' ||
    typeof value !== 'object' ||
    value === null
  )
    return at
  const items: unknown = (value as Record<string, unknown>)[list]
  const item: unknown = Array.isArray(items) ? items[index] : undefined
  const id =
    typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string' ? item.id : undefined
  if (id === undefined) return at
  return list === 'nodes'
    ? { nodeId: id, path: path.slice(2).join('.') }
    : { edgeId: id, path: path.slice(2).join('.') }
}
