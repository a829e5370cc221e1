import { InvariantError } from '../errors/app-error.ts'
import type { EventDraft, EventDraftOf } from '../events/index.ts'
import type { EdgeState, EngineState, NodeState } from './engine-state.ts'
import { type CodedType, identify, identifyEdge, identifyVariable } from './event-codes.ts'
import type { Plan, PlanEdge, PlanNode } from './plan.ts'
import { type PlanIndex, planIndex } from './plan-index.ts'
import type { EngineCommand, EngineEvent, NodeAddress } from './protocol.ts'

/** One round of a node, named so that it stays meant when a loop begins the next one. */
export interface Generation {
  nodeId: string
  path: string
}

/** One step at work: a copy of the state whose records may be changed until the step returns. */
export interface StepDraft {
  plan: Plan
  index: PlanIndex
  state: EngineState
  now: number
  commands: EngineCommand[]
  events: EngineEvent[]
  /** Nodes whose inputs have changed, by id. */
  candidates: Set<string>
  /** The generation by which this step came about; `execution:waiting` and `execution:resumed` are identified by it. */
  cause: Generation | null
  /** The last generation that ended in this step; `execution:progress` is identified by it. */
  lastEnded: Generation | null
  /** Targets of loop edges taken in this step: they begin whatever their inputs say. */
  called: Set<string>
  /** Where `execution:resumed` belongs among the events, should the run turn out to go on. */
  resumesAt: number
}

/** Copies the records, not what is in them: a node's state is replaced as a whole. */
export function openDraft(plan: Plan, state: EngineState, now: number): StepDraft {
  const copy: EngineState = {
    ...state,
    nodes: { ...state.nodes },
    outputs: { ...state.outputs },
    edges: { ...state.edges },
    stood: { ...state.stood },
    loops: { ...state.loops },
    prompts: { ...state.prompts },
    past: { ...state.past },
  }
  return {
    plan,
    index: planIndex(plan),
    state: copy,
    now,
    commands: [],
    events: [],
    candidates: new Set(),
    cause: null,
    lastEnded: null,
    called: new Set(),
    resumesAt: 0,
  }
}

export function planNodeOf(draft: StepDraft, id: string): PlanNode {
  const node = draft.index.nodes.get(id)
  if (node === undefined) throw new InvariantError(`The plan has no node ${id}.`)
  return node
}

export function nodeStateOf(draft: StepDraft, id: string): NodeState {
  const node = draft.state.nodes[id]
  if (node === undefined) throw new InvariantError(`The state has no node ${id}.`)
  return node
}

export function changeNode(draft: StepDraft, id: string, change: Partial<NodeState>): void {
  draft.state.nodes[id] = { ...nodeStateOf(draft, id), ...change }
}

export function addressOf(draft: StepDraft, id: string): NodeAddress {
  const { path, iteration } = nodeStateOf(draft, id)
  return { nodeId: id, nodePath: path, iteration }
}

type RunFields<Type extends CodedType> = Omit<EventDraftOf<Type>, 'type' | 'eventId' | 'timestamp' | 'executionId'>
type Fields<Type extends CodedType> = Omit<RunFields<Type>, keyof NodeAddress>

/** Tells an event about the current generation of a node, once. */
export function tellOfNode<Type extends Exclude<CodedType, `execution:${string}`>>(
  draft: StepDraft,
  id: string,
  type: Type,
  fields: Fields<Type>,
): void {
  const address = addressOf(draft, id)
  const identity = identify(type, address.nodePath)
  emit(draft, generationOf(draft, id), identity, { type, ...address, ...fields })
}

/** Tells that a question is still open; each number comes once. */
export function tellOfReminder(draft: StepDraft, id: string, fields: Fields<'user:input:reminder'>): void {
  const type = 'user:input:reminder'
  const address = addressOf(draft, id)
  emit(draft, generationOf(draft, id), identify(type, address.nodePath, fields.number), { type, ...address, ...fields })
}

/** Tells an event about the execution that a generation brought about. */
export function tellOfRun<Type extends Extract<CodedType, `execution:${string}`>>(
  draft: StepDraft,
  cause: Generation,
  type: Type,
  fields: RunFields<Type>,
): void {
  emit(draft, cause, identify(type, cause.path), { type, ...fields })
}

/** `iteration` of a loop edge that is taken is the round it begins. */
export function tellOfEdge(draft: StepDraft, edge: PlanEdge, state: EdgeState, iteration?: number): void {
  const address = addressOf(draft, edge.source)
  const identity = identifyEdge(edge.id, draft.index.edgeNumbers.get(edge.id) ?? -1, address.nodePath)
  const round = iteration === undefined ? {} : { iteration }
  emit(draft, generationOf(draft, edge.source), identity, {
    type: 'edge:settled',
    ...address,
    ...round,
    edgeId: edge.id,
    taken: state === 'taken',
  })
}

/** Tells that a field of a step has another value now. `fieldNumber` is its place in the set-up. */
export function tellOfVariable(
  draft: StepDraft,
  id: string,
  fieldNumber: number,
  fields: Pick<EventDraftOf<'variable:changed'>, 'varName' | 'oldValue' | 'newValue' | 'changeType' | 'isLast'>,
): void {
  const address = addressOf(draft, id)
  const identity = identifyVariable(fieldNumber, address.nodePath)
  emit(draft, generationOf(draft, id), identity, { type: 'variable:changed', ...address, ...fields })
}

export function generationOf(draft: StepDraft, nodeId: string): Generation {
  return { nodeId, path: nodeStateOf(draft, nodeId).path }
}

function emit(
  draft: StepDraft,
  generation: Generation,
  identity: { id: string; code: string },
  fields: Record<string, unknown>,
): void {
  noteTold(draft, generation, identity.code)
  // The parts were checked where they were put together; here they only meet the stamp.
  draft.events.push({
    ...fields,
    eventId: identity.id,
    timestamp: draft.now,
    executionId: draft.state.executionId,
  } as unknown as EventDraft)
}

function noteTold(draft: StepDraft, { nodeId, path }: Generation, code: string): void {
  const node = nodeStateOf(draft, nodeId)
  if (node.path === path) return changeNode(draft, nodeId, { told: node.told + code })
  // The node has begun its next round since: the event belongs to the one before.
  draft.state.past[nodeId] = (draft.state.past[nodeId] ?? []).map((past) =>
    past.path === path ? { ...past, told: past.told + code } : past,
  )
}
