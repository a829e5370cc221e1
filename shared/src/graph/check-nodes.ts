import { type AnalysedNode, type Analysis, problem } from './analyse-definition.ts'
import { configMessage } from './config-message.ts'
import { predecessors, reachableFrom, successors } from './graph-edge.ts'
import { isReservedId } from './reserved-ids.ts'
import type { WorkflowProblem } from './workflow-definition.ts'

/** Ids, types, set-ups and error handling of all nodes, and whether there is one start and an output. */
export function checkNodes(analysis: Analysis): WorkflowProblem[] {
  return [
    ...checkStartAndOutput(analysis),
    ...analysis.nodes.flatMap((entry) => checkNode(entry, analysis)),
    ...checkReachable(analysis),
  ]
}

function checkStartAndOutput({ nodes }: Analysis): WorkflowProblem[] {
  const starts = nodes.filter(({ definition }) => definition?.kind === 'trigger')
  const problems: WorkflowProblem[] = []
  if (starts.length === 0) problems.push(problem('NO_START', 'Add a start node: a run begins there.'))
  for (const { node } of starts.slice(1))
    problems.push(problem('MANY_STARTS', 'There is another start node; keep one.', { nodeId: node.id }))
  if (!nodes.some(({ node }) => node.type === 'output')) {
    problems.push(problem('NO_OUTPUT', 'There is no output node: runs will have no result.', { severity: 'warning' }))
  }
  return problems
}

function checkNode(entry: AnalysedNode, { definition, nodes }: Analysis): WorkflowProblem[] {
  const { node } = entry
  const nodeId = node.id
  const problems: WorkflowProblem[] = []
  if (nodes.find((other) => other.node.id === nodeId) !== entry)
    problems.push(problem('NODE_ID_DUPLICATE', `Another node has the id “${nodeId}” already.`, { nodeId }))
  if (isReservedId(nodeId))
    problems.push(
      problem('NODE_ID_RESERVED', `“${nodeId}” is a word of the expression languages; choose another id.`, { nodeId }),
    )
  if (entry.definition === null) {
    problems.push(problem('NODE_TYPE_UNKNOWN', `There is no node type “${node.type}” here.`, { nodeId }))
    return problems
  }
  problems.push(...checkConfig(entry), ...checkOnError(entry))
  const inputs = definition.edges.filter((edge) => edge.target === nodeId && edge.loop === undefined).length
  if (typeof node.join === 'object' && node.join.n > inputs) {
    problems.push(
      problem('JOIN_TOO_LARGE', `It waits for ${node.join.n} inputs, but only ${inputs} lead here.`, {
        nodeId,
        path: 'join.n',
      }),
    )
  }
  return problems
}

function checkConfig({ node, definition, config, ports }: AnalysedNode): WorkflowProblem[] {
  const nodeId = node.id
  if (config === null) {
    const issues = definition?.configSchema.safeParse(node.config).error?.issues ?? []
    // One problem per setting: several rules of the same field say one thing.
    const byPath = new Map(issues.map((issue) => [['config', ...issue.path].join('.'), issue]))
    return [...byPath].map(([path, issue]) =>
      problem('NODE_CONFIG_INVALID', configMessage(issue, node.config), { nodeId, path }),
    )
  }
  const problems: WorkflowProblem[] = []
  if (config.kind === 'choice' && ports.every((port) => port.kind !== 'branch'))
    problems.push(problem('NODE_CHOICES_MISSING', 'Add at least one choice.', { nodeId, path: 'config.choices' }))
  const fields = Array.isArray(config.fields) ? (config.fields as FieldLike[]) : []
  if (config.kind === 'form' && fields.length === 0)
    problems.push(problem('NODE_FIELDS_MISSING', 'Add at least one field.', { nodeId, path: 'config.fields' }))
  if (config.kind === undefined || config.kind === 'form') problems.push(...checkFields(fields, nodeId))
  problems.push(...checkReminders(config, nodeId))
  const repeated = ports.find((port, index) => ports.findIndex((other) => other.id === port.id) !== index)
  if (repeated !== undefined)
    problems.push(problem('PORT_DUPLICATE', `Two ways out are called “${repeated.id}”.`, { nodeId }))
  return problems
}

function checkReminders({ remindAfterMs, deadlineMs }: Record<string, unknown>, nodeId: string): WorkflowProblem[] {
  if (!Array.isArray(remindAfterMs) || typeof deadlineMs !== 'number') return []
  return remindAfterMs.flatMap((span: number, index) =>
    span < deadlineMs
      ? []
      : [
          problem('REMINDER_TOO_LATE', 'The deadline comes first, so nobody is reminded.', {
            nodeId,
            path: `config.remindAfterMs.${index}`,
            severity: 'warning',
          }),
        ],
  )
}

interface FieldLike {
  name: string
  type?: string
  options?: unknown[]
}

function checkFields(fields: FieldLike[], nodeId: string): WorkflowProblem[] {
  return fields.flatMap((field, index) => {
    const path = `config.fields.${index}`
    const problems: WorkflowProblem[] = []
    if (fields.findIndex((other) => other.name === field.name) !== index)
      problems.push(
        problem('FIELD_NAME_DUPLICATE', `Two fields are called “${field.name}”.`, { nodeId, path: `${path}.name` }),
      )
    if (field.type === 'select' && (field.options ?? []).length === 0)
      problems.push(
        problem('NODE_OPTIONS_MISSING', `Give “${field.name}” something to choose from.`, {
          nodeId,
          path: `${path}.options`,
        }),
      )
    return problems
  })
}

function checkOnError({ node, definition, ports }: AnalysedNode): WorkflowProblem[] {
  const nodeId = node.id
  const place = { nodeId, path: 'onError' }
  if (definition?.kind === 'trigger' && node.onError !== undefined && node.onError !== 'fail')
    return [problem('ON_ERROR_START', 'The start cannot fail.', place)]
  if (node.type === 'stop' && node.onError !== undefined && node.onError !== 'fail')
    return [problem('ON_ERROR_STOP', 'A stop step ends the run, so nothing can come after its error.', place)]
  const ways = ports.filter((port) => port.kind === 'main' || port.kind === 'branch')
  if (node.onError === 'continue' && ways.length > 1) {
    return [
      problem(
        'ON_ERROR_CONTINUE_AMBIGUOUS',
        'It has several ways out, so it is not clear how to go on after an error. Use the error branch.',
        place,
      ),
    ]
  }
  return []
}

/** Warns where nothing leads to, and of error branches that end in nothing. */
function checkReachable({ nodes, edges }: Analysis): WorkflowProblem[] {
  const start = nodes.find(({ definition }) => definition?.kind === 'trigger')
  const problems: WorkflowProblem[] = []
  const reached = start === undefined ? null : reachableFrom(start.node.id, successors(edges))
  const hasInput = predecessors(edges)
  for (const { node, definition } of nodes) {
    const isLoose = reached === null ? !hasInput.has(node.id) : !reached.has(node.id)
    if (definition?.kind !== 'trigger' && isLoose)
      problems.push(
        problem('NODE_UNREACHABLE', 'No way leads here from the start; it will be skipped.', {
          nodeId: node.id,
          severity: 'warning',
        }),
      )
  }
  return problems
}
