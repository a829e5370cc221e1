import { checkCel } from '../engine/expressions/cel.ts'
import { checkTemplate } from '../engine/expressions/template.ts'
import type { ExpressionRef } from '../nodes/definition.ts'
import { type AnalysedNode, type Analysis, problem } from './analyse-definition.ts'
import { type Neighbours, predecessors, reachableFrom } from './graph-edge.ts'
import { type WorkflowProblem, workflowLimits } from './workflow-definition.ts'

/** Names that are always in scope. */
const builtInNames = new Set(['run', 'forloop', 'tablerowloop'])

export type ReadNames = { ok: true; names: string[]; guarded: string[]; type: string } | { ok: false; reason: string }

/** What an expression reads, or why it cannot be read itself. */
export function readNames(expression: Pick<ExpressionRef, 'kind' | 'source'>): ReadNames {
  if (expression.kind === 'cel')
    return expression.source.trim() === ''
      ? { ok: false, reason: 'The expression is empty.' }
      : checkCel(expression.source)
  const checked = checkTemplate(expression.source)
  // A template shows nothing where a value is missing, so all its reads are guarded.
  return checked.ok ? { ...checked, guarded: checked.names, type: 'string' } : checked
}

/**
 * Every expression parses, its types fit, and what it names can have run before. Ends after the node that brings more
 * errors than are named: parsing is the dearest part of a validation.
 */
export function checkExpressions(analysis: Analysis): WorkflowProblem[] {
  const before = predecessors(analysis.edges)
  const beforeByLoop = predecessors(analysis.edges, { withLoops: true })
  const problems: WorkflowProblem[] = []
  let errorCount = 0
  for (const entry of analysis.nodes) {
    if (entry.definition === null || entry.config === null) continue
    const upstream = { before: ancestors(entry.node.id, before), byLoop: ancestors(entry.node.id, beforeByLoop) }
    const found = entry.definition
      .expressions(entry.config)
      .flatMap((expression) => checkExpression(entry, expression, upstream, analysis))
    problems.push(...found)
    errorCount += found.filter(({ severity }) => severity === 'error').length
    if (errorCount > workflowLimits.problemsMax) break
  }
  return problems
}

interface Upstream {
  before: Set<string>
  byLoop: Set<string>
}

/** Itself only when it lies on a cycle. */
function ancestors(id: string, previous: Neighbours): Set<string> {
  return new Set((previous.get(id) ?? []).flatMap((source) => [...reachableFrom(source, previous)]))
}

function checkExpression(
  { node }: AnalysedNode,
  expression: ExpressionRef,
  upstream: Upstream,
  { byId }: Analysis,
): WorkflowProblem[] {
  const place = { nodeId: node.id, path: `config.${expression.path}` }
  const read = readNames(expression)
  if (!read.ok) return [problem('EXPRESSION_INVALID', `“${shortened(expression.source)}”: ${read.reason}`, place)]
  const problems: WorkflowProblem[] = []
  if (node.type === 'condition' && read.type !== 'bool' && read.type !== 'dyn') {
    problems.push(problem('EXPRESSION_NOT_BOOLEAN', `The condition yields ${read.type}, not true or false.`, place))
  }
  for (const name of read.names) {
    if (builtInNames.has(name)) continue
    if (!byId.has(name))
      problems.push(problem('EXPRESSION_UNKNOWN_NAME', `There is no node with the id “${name}”.`, place))
    else if (!upstream.byLoop.has(name))
      problems.push(
        problem(
          'EXPRESSION_NOT_UPSTREAM',
          `“${name}” does not run before this node, so its output is never there.`,
          place,
        ),
      )
    else if (!upstream.before.has(name) && !read.guarded.includes(name)) {
      problems.push(
        problem('EXPRESSION_READS_LATER_ROUND', `In the first round “${name}” has not run yet; ask with has() first.`, {
          ...place,
          severity: 'warning',
        }),
      )
    }
  }
  return problems
}

function shortened(source: string): string {
  return source.length > 80 ? `${source.slice(0, 80)}…` : source
}
