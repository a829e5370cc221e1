import { compilePlan } from '../src/engine/compile-plan.ts'
import { createState, type EngineState, step } from '../src/engine/interpreter.ts'
import type { Plan } from '../src/engine/plan.ts'
import type { EngineCommand, EngineEvent, EngineInput, ExecutionOutcome } from '../src/engine/protocol.ts'
import type { Json, JsonObject } from '../src/json.ts'

export const executionId = 'run1'
export const ann = { userId: 'u1', name: 'Ann' }

/** What may happen next: an effect that ends, a question that is answered, a timer that fires. */
type Pending =
  | { kind: 'effect'; command: Extract<EngineCommand, { type: 'runNode' }>; isCancelled: boolean }
  | { kind: 'evaluation'; command: Extract<EngineCommand, { type: 'evaluate' }>; isCancelled: boolean }
  | { kind: 'prompt'; requestId: string; nodeId: string; iteration: number }

export type Effect = { output: Json } | { error: string } | { port: string; output: Json }

export interface World {
  input?: JsonObject
  /** How an effect ends. Must depend on the command alone. */
  effect?: (command: Extract<EngineCommand, { type: 'runNode' }>) => Effect
  answer?: (prompt: { nodeId: string; iteration: number }) => JsonObject
  /** Which of `count` pending things happens next. */
  pick?: (count: number) => number
  /** The input `cancel` comes instead of the n-th thing that happens, from 0. */
  cancelAt?: number
  /** The input `pause` comes before the n-th thing that happens; the run goes on `for` turns later, or when nothing is at work. */
  pause?: { at: number; for: number }
  /** State passes through JSON between steps. */
  roundTrip?: boolean
}

export interface Run {
  plan: Plan
  state: EngineState
  events: EngineEvent[]
  commands: EngineCommand[]
  finishes: ExecutionOutcome[]
  stepCount: number
}

/** Compiles a definition or says why it cannot be. */
export function planOf(definition: unknown): Plan {
  const { plan, problems } = compilePlan({ definition, workflowId: 'w1', workflowName: 'Test', workflowVersion: 1 })
  if (plan === undefined)
    throw new Error(
      problems.map(({ code, message, nodeId, edgeId }) => `${code} ${nodeId ?? edgeId ?? ''} ${message}`).join('\n'),
    )
  return plan
}

/** Steps allowed before a run counts as endless. */
const stepsMax = 20_000

/** Runs a plan to its end in a made-up world, one input after the other. */
export function driveRun(plan: Plan, world: World = {}): Run {
  const { effect = () => ({ output: {} }), answer = () => ({ choice: 'approve' }), pick = () => 0 } = world
  const run: Run = { plan, state: createState(plan, executionId), events: [], commands: [], finishes: [], stepCount: 0 }
  let pending: Pending[] = []
  let now = 1_000_000
  const feed = (input: Untimed) => {
    now += 10
    const before = world.roundTrip === true ? JSON.stringify(run.state) : null
    const from = before === null ? run.state : (JSON.parse(before) as EngineState)
    const result = step(plan, from, { ...input, now } as EngineInput)
    if (before !== null && JSON.stringify(from) !== before) throw new Error('The step changed the state it was given.')
    run.state = result.state
    run.events.push(...result.events)
    run.commands.push(...result.commands)
    run.stepCount += 1
    for (const command of result.commands) pending = take(run, pending, command)
    for (const event of result.events) {
      if (event.type === 'user:input:required')
        pending.push({ kind: 'prompt', requestId: event.requestId, nodeId: event.nodeId, iteration: event.iteration })
      if (event.type === 'user:input:withdrawn')
        pending = pending.filter((one) => one.kind !== 'prompt' || one.requestId !== event.requestId)
    }
  }
  feed({ type: 'start', executionId, input: world.input ?? {} })
  for (let turn = 0; run.state.outcome === null && run.stepCount < stepsMax; turn++) {
    if (turn === world.cancelAt) feed({ type: 'cancel', reason: 'Enough' })
    if (turn === world.pause?.at) feed({ type: 'pause', by: ann })
    const isPauseOver = pending.length === 0 || turn >= (world.pause?.at ?? 0) + (world.pause?.for ?? 0)
    if (run.state.status === 'paused' && isPauseOver) feed({ type: 'resume', by: ann })
    if (pending.length === 0) break
    const [next] = pending.splice(pick(pending.length) % pending.length, 1)
    if (next !== undefined && run.state.outcome === null) feed(inputOf(next, effect, answer))
  }
  return run
}

type Untimed<Input = EngineInput> = Input extends unknown ? Omit<Input, 'now'> : never

function take(run: Run, pending: Pending[], command: EngineCommand): Pending[] {
  if (command.type === 'runNode') return [...pending, { kind: 'effect', command, isCancelled: false }]
  if (command.type === 'evaluate') return [...pending, { kind: 'evaluation', command, isCancelled: false }]
  if (command.type === 'finish') run.finishes.push(command.outcome)
  if (command.type !== 'cancelNode') return pending
  return pending.map((one) =>
    one.kind !== 'prompt' && one.command.nodePath === command.nodePath ? { ...one, isCancelled: true } : one,
  )
}

function inputOf(next: Pending, effect: NonNullable<World['effect']>, answer: NonNullable<World['answer']>): Untimed {
  if (next.kind === 'prompt')
    return { type: 'promptAnswered', requestId: next.requestId, response: answer(next), answeredBy: ann }
  const { nodePath, config } = next.command
  if (next.isCancelled) return { type: 'nodeCancelled', nodePath }
  if (next.kind === 'evaluation') return { type: 'evaluated', nodePath, config }
  const ended = effect(next.command)
  if ('error' in ended)
    return { type: 'nodeFailed', nodePath, error: { code: 'HTTP_STATUS', message: ended.error }, attempt: 1 }
  return {
    type: 'nodeSucceeded',
    nodePath,
    output: { value: ended.output },
    attempt: 1,
    ...('port' in ended ? { port: ended.port } : {}),
  }
}

/** How each node's latest generation ended. */
export function stepsOf(run: Run): Record<string, string> {
  return Object.fromEntries(Object.entries(run.state.nodes).map(([id, node]) => [id, node.step]))
}

export function typesOf(run: Run): string[] {
  return run.events.map(({ type }) => type)
}
