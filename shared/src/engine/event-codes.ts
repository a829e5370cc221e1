import { eventId } from '../events/event-id.ts'
import type { EngineState } from './engine-state.ts'
import type { Plan } from './plan.ts'

/**
 * Which events a generation has told, one character each, so that a run's state can name them all and stays small.
 * Edges follow as `e<number in the plan>`, variables as `v<number of the field>`, reminders as
 * `n<number>`. Events of the execution that a node caused count with that node.
 */
const codeOf = {
  'node:queued': 'q',
  'node:started': 's',
  'node:completed': 'c',
  'node:failed': 'f',
  'node:skipped': 'k',
  'node:cancelled': 'x',
  'user:input:required': 'r',
  'user:input:received': 'a',
  'user:input:expired': 't',
  'user:input:withdrawn': 'w',
  'user:input:reminder': 'n',
  'execution:progress': 'p',
  'execution:waiting': 'b',
  'execution:resumed': 'm',
  'execution:blocked': 'l',
} as const

export type CodedType = keyof typeof codeOf

const typeOf = new Map(Object.entries(codeOf).map(([type, code]) => [code as string, type as CodedType]))

/** Id and code of an event about a generation. */
export function identify(type: CodedType, nodePath: string, number?: number): { id: string; code: string } {
  // These tell of the run, so their place in the id is empty; the node that caused them tells them apart.
  if (type.startsWith('execution:'))
    return { id: eventId({ nodePath: null, type, ordinal: nodePath }), code: codeOf[type] }
  // The interpreter itself starts only what has exactly one try; the activity does it for effects.
  if (type === 'node:started') return { id: eventId({ nodePath, type, attempt: 1 }), code: codeOf[type] }
  if (number !== undefined)
    return { id: eventId({ nodePath, type, ordinal: number }), code: `${codeOf[type]}${number}` }
  return { id: eventId({ nodePath, type }), code: codeOf[type] }
}

export function identifyEdge(edgeId: string, edgeNumber: number, nodePath: string): { id: string; code: string } {
  return { id: eventId({ nodePath, type: 'edge:settled', ordinal: edgeId }), code: `e${edgeNumber}` }
}

/** A step tells each of its fields once a generation at most. */
export function identifyVariable(fieldNumber: number, nodePath: string): { id: string; code: string } {
  return { id: eventId({ nodePath, type: 'variable:changed', ordinal: fieldNumber }), code: `v${fieldNumber}` }
}

/** Events that a pause brings about, by its number; the codes are those of the same types above. */
const pauseCodeOf = { 'execution:paused': 'h', 'execution:resumed': 'm', 'execution:waiting': 'b' } as const

export type PauseType = keyof typeof pauseCodeOf

const pauseTypeOf = new Map(Object.entries(pauseCodeOf).map(([type, code]) => [code as string, type as PauseType]))

/** Pauses act only once they are committed, so their number, from 1, is the same in every repeated task. No node path looks like this ordinal. */
export function identifyPause(type: PauseType, number: number): { id: string; code: string } {
  return { id: eventId({ nodePath: null, type, ordinal: `pause/${number}` }), code: pauseCodeOf[type] }
}

export const executionStartedId = eventId({ nodePath: null, type: 'execution:started' })

/** Ids of all events that the interpreter has emitted on the way to this state (R4). Terminal events are not its own. */
export function eventIdsOf(plan: Plan, state: EngineState): string[] {
  if (state.startedAt === 0) return []
  const generations = [...Object.values(state.past).flat(), ...Object.values(state.nodes)]
  const pauses = (state.pauses ?? []).flatMap((told, index) => pauseIdsOf(told, index + 1))
  return [executionStartedId, ...generations.flatMap(({ path, told }) => idsOf(plan, path, told)), ...pauses]
}

function idsOf(plan: Plan, nodePath: string, told: string): string[] {
  return [...told.matchAll(/e(\d+)|v(\d+)|n(\d+)|[a-z]/g)].flatMap(([code, edgeNumber, fieldNumber, reminder]) => {
    if (fieldNumber !== undefined) return [identifyVariable(Number(fieldNumber), nodePath).id]
    if (edgeNumber !== undefined) {
      const edge = plan.edges[Number(edgeNumber)]
      return edge === undefined ? [] : [identifyEdge(edge.id, Number(edgeNumber), nodePath).id]
    }
    if (reminder !== undefined) return [identify('user:input:reminder', nodePath, Number(reminder)).id]
    const type = typeOf.get(code)
    return type === undefined ? [] : [identify(type, nodePath).id]
  })
}

function pauseIdsOf(told: string, number: number): string[] {
  return [...told].flatMap((code) => {
    const type = pauseTypeOf.get(code)
    return type === undefined ? [] : [identifyPause(type, number).id]
  })
}
