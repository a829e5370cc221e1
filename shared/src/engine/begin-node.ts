import type { EventError } from '../events/envelope.ts'
import type { JsonObject } from '../json.ts'
import { completeNode, eventErrorOf, failNode } from './end-node.ts'
import { engineLimits } from './engine-limits.ts'
import { renderConfig } from './expressions/render-config.ts'
import type { PlanNode } from './plan.ts'
import { openPrompt } from './prompts.ts'
import { evaluatePureNode, normalPorts, type PureResult } from './pure-nodes.ts'
import { effectScope, plainScope } from './scope.ts'
import { addressOf, changeNode, planNodeOf, type StepDraft, tellOfNode } from './step-draft.ts'
import { stopAtNode } from './stop-node.ts'
import { stopRun } from './stop-run.ts'

/** Begins a generation of a node whose inputs let it. */
export function beginNode(draft: StepDraft, nodeId: string): void {
  const node = planNodeOf(draft, nodeId)
  draft.state.begun += 1
  changeNode(draft, nodeId, { startedAt: draft.now })
  if (draft.state.begun > engineLimits.generationsMax)
    return stopRun(
      draft,
      { status: 'failed', error: tooManyError(), failedNodeId: nodeId },
      'The run takes too many steps',
    )
  if (node.kind === 'effect') return schedule(draft, node)
  tellOfNode(draft, nodeId, 'node:started', { nodeName: node.name, nodeType: node.type, attempt: 1, maxAttempts: 1 })
  if (node.kind === 'trigger')
    return completeNode(draft, nodeId, {
      output: draft.state.outputs[nodeId] ?? { value: {} },
      ports: normalPorts(node.ports),
    })
  evaluate(draft, node)
}

function tooManyError(): EventError {
  const { generationsMax } = engineLimits
  return {
    code: 'LOOP_LIMIT',
    message: `The run has begun ${generationsMax} steps, as many as a run may have. Bound its loops more tightly.`,
    details: { generationsMax },
  }
}

function schedule(draft: StepDraft, node: PlanNode): void {
  changeNode(draft, node.id, { step: 'scheduled' })
  tellOfNode(draft, node.id, 'node:queued', {})
  const { type: nodeType, name: nodeName, config, expressions, retry, timeoutMs } = node
  const scope = effectScope(draft.plan, node, draft.state)
  draft.commands.push({
    type: 'runNode',
    ...addressOf(draft, node.id),
    nodeType,
    nodeName,
    config,
    expressions,
    scope,
    retry,
    timeoutMs,
  })
}

/** Inside the workflow where all values are at hand; outside where one is a reference. */
function evaluate(draft: StepDraft, node: PlanNode): void {
  const { config, expressions } = node
  const scope = effectScope(draft.plan, node, draft.state)
  const plain = plainScope(scope)
  if (plain === null) {
    changeNode(draft, node.id, { step: 'evaluating' })
    draft.commands.push({ type: 'evaluate', ...addressOf(draft, node.id), config, expressions, scope })
    return
  }
  let rendered: JsonObject
  try {
    rendered = renderConfig(config, expressions, plain)
  } catch (error) {
    return failNode(draft, node.id, eventErrorOf(error))
  }
  goOnRendered(draft, node.id, rendered)
}

/** A pure node or a question whose set-up is rendered. */
export function goOnRendered(draft: StepDraft, nodeId: string, config: JsonObject): void {
  const node = planNodeOf(draft, nodeId)
  if (node.kind === 'wait') return openPrompt(draft, nodeId, config)
  if (node.type === 'stop') return stopAtNode(draft, nodeId, config)
  let result: PureResult
  try {
    result = evaluatePureNode(node, config)
  } catch (error) {
    return failNode(draft, nodeId, eventErrorOf(error))
  }
  completeNode(draft, nodeId, { output: { value: result.output }, ports: result.ports })
}
