import fc from 'fast-check'
import type { JsonObject } from '../src/json.ts'
import { definition, node } from './build-definition.ts'

/** What a random node is; numbers choose among what the graph offers at that place. */
const nodePlan = fc.record({
  kind: fc.constantFrom('http', 'http', 'set', 'condition', 'prompt'),
  join: fc.constantFrom('all', 'all', 'any', 2),
  onError: fc.constantFrom('fail', 'branch', 'branch', 'continue'),
  fails: fc.boolean(),
  yes: fc.boolean(),
  inputs: fc.array(fc.record({ from: fc.nat(), port: fc.nat() }), { minLength: 0, maxLength: 3 }),
})

type NodePlan = typeof nodePlan extends fc.Arbitrary<infer Value> ? Value : never

export interface RandomGraph {
  definition: ReturnType<typeof definition>
  /** Effects that fail. */
  failing: Set<string>
  /** Questions that are rejected. */
  rejected: Set<string>
}

function portsOf({ kind, onError }: NodePlan): string[] {
  const ports = kind === 'condition' ? ['yes', 'no'] : kind === 'prompt' ? ['approve', 'reject'] : ['out']
  return kind === 'http' && onError === 'branch' ? [...ports, 'error'] : ports
}

function toGraph(plans: NodePlan[], mayFail: boolean): RandomGraph {
  const nodes = [node('start', 'start')]
  const edges = new Set<string>()
  plans.forEach((plan, index) => {
    for (const { from, port } of plan.inputs) {
      const source = from % (index + 1)
      const sourcePlan = plans[source - 1]
      const ports = sourcePlan === undefined ? ['out'] : portsOf(sourcePlan)
      const id = source === 0 ? 'start' : `n${source}`
      edges.add(`${id}:${ports[port % ports.length]} > n${index + 1}`)
    }
    const inputs = [...edges].filter((line) => line.endsWith(` n${index + 1}`)).length
    const join = plan.join === 2 ? { n: 2 } : plan.join
    const onError = plan.onError === 'fail' && !mayFail ? 'continue' : plan.onError
    const config: { config?: JsonObject } =
      plan.kind === 'condition' ? { config: { expression: String(plan.yes) } } : {}
    nodes.push(
      node(`n${index + 1}`, plan.kind, {
        ...config,
        ...(plan.kind === 'http' ? { onError } : {}),
        ...(typeof join === 'object' && inputs < join.n ? {} : { join: join as 'all' | 'any' | { n: number } }),
      }),
    )
  })
  const chosen = (kind: string, key: 'fails' | 'yes') =>
    new Set(plans.flatMap((plan, index) => (plan.kind === kind && plan[key] ? [`n${index + 1}`] : [])))
  return {
    definition: definition(nodes, [...edges]),
    failing: chosen('http', 'fails'),
    rejected: chosen('prompt', 'yes'),
  }
}

/** Acyclic graphs of all kinds of node. `mayFail`: some failures end the run. */
export function randomGraph(options: { mayFail: boolean }): fc.Arbitrary<RandomGraph> {
  return fc.array(nodePlan, { minLength: 1, maxLength: 14 }).map((plans) => toGraph(plans, options.mayFail))
}

/** A program of blocks that loops are part of; `rounds`: how often its body runs each time. */
export type Block =
  | { type: 'effect' }
  | { type: 'loop'; rounds: number; body: Block[] }
  | { type: 'split'; branches: Block[][] }

export const randomProgram: fc.Arbitrary<Block[]> = fc.letrec<{ blocks: Block[]; block: Block }>((tie) => ({
  blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3, depthIdentifier: 'block' }),
  block: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'block' },
    fc.constant<Block>({ type: 'effect' }),
    fc.record({ type: fc.constant('loop' as const), rounds: fc.integer({ min: 1, max: 3 }), body: tie('blocks') }),
    fc.record({
      type: fc.constant('split' as const),
      branches: fc.array(tie('blocks'), { minLength: 2, maxLength: 2 }),
    }),
  ),
})).blocks

interface Drawing {
  nodes: ReturnType<typeof node>[]
  edges: string[]
  /** How often each effect runs. */
  expected: Map<string, number>
}

/** Draws a program: loops become a counter, the body and a condition that leads back. */
export function drawProgram(program: Block[]): {
  definition: ReturnType<typeof definition>
  expected: Map<string, number>
} {
  const drawing: Drawing = { nodes: [node('start', 'start')], edges: [], expected: new Map() }
  const [last, port] = drawBlocks(program, drawing, ['start', 'out'], 1)
  drawing.nodes.push(node('end', 'output'))
  drawing.edges.push(`${last}:${port} > end`)
  return { definition: definition(drawing.nodes, drawing.edges), expected: drawing.expected }
}

type Exit = [id: string, port: string]

function drawBlocks(blocks: Block[], drawing: Drawing, from: Exit, times: number): Exit {
  return blocks.reduce((exit, block) => drawBlock(block, drawing, exit, times), from)
}

interface Added {
  type: string
  times: number
  config?: JsonObject
  from?: Exit
}

function add(drawing: Drawing, { type, times, config, from }: Added): string {
  const id = `n${drawing.nodes.length}`
  drawing.nodes.push(node(id, type, config === undefined ? {} : { config }))
  if (type === 'http') drawing.expected.set(id, times)
  if (from !== undefined) drawing.edges.push(`${from[0]}:${from[1]} > ${id}`)
  return id
}

function drawBlock(block: Block, drawing: Drawing, from: Exit, times: number): Exit {
  if (block.type === 'effect') return [add(drawing, { type: 'http', times, from }), 'out']
  if (block.type === 'loop') {
    const counter = add(drawing, { type: 'http', times: times * block.rounds, from })
    const exit = drawBlocks(block.body, drawing, [counter, 'out'], times * block.rounds)
    const again = add(drawing, {
      type: 'condition',
      times,
      config: { expression: `${counter}.round % ${block.rounds} != 0` },
      from: exit,
    })
    drawing.edges.push(`${again}:yes >> ${counter} *${block.rounds}`)
    return [again, 'no']
  }
  const fork = add(drawing, { type: 'set', times, from })
  const exits = block.branches.map((branch) => drawBlocks(branch, drawing, [fork, 'out'], times))
  const join = add(drawing, { type: 'set', times })
  for (const [id, port] of exits) drawing.edges.push(`${id}:${port} > ${join}`)
  return [join, 'out']
}
