import type { ASTNode } from '@marcbachmann/cel-js'
import { expressionLimits } from '../engine-limits.ts'
import { celLanguageNames } from './cel-language-names.ts'

/** What an expression reads, found by walking its tree. */
export interface CelNames {
  /** Variables that no macro binds, in order of appearance. */
  free: string[]
  /** Variables inside `has(…)`: the expression is prepared for them to be missing. */
  guarded: string[]
  /** Why the expression may not run although it parses; null: it may. */
  refused: string | null
}

const comprehensions = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

interface Walk {
  names: CelNames
  bound: string[]
  depth: number
  guarded: boolean
}

/** A pattern can take unboundedly long in this language's host, and dates by time zone depend on the machine. */
const refusedMethods: Record<string, string> = {
  matches: 'matches() is not available; use contains(), startsWith() or endsWith().',
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value
}

function walkAll(value: unknown, walk: Walk): void {
  if (isNode(value)) visit(value, walk)
  else if (Array.isArray(value)) for (const item of value) walkAll(item, walk)
}

function visitCall(node: ASTNode & { op: 'rcall' }, walk: Walk): void {
  const [method, receiver, args] = node.args
  const refused = Object.hasOwn(refusedMethods, method) ? refusedMethods[method] : undefined
  if (refused !== undefined) walk.names.refused ??= refused
  if (/^get[A-Z]/.test(method) && args.length > 0) walk.names.refused ??= `${method}() takes no time zone here.`
  const first = args[0]
  if (first?.op === 'id' && comprehensions.has(method)) {
    walkAll(receiver, walk)
    if (walk.depth >= expressionLimits.celComprehensionDepthMax)
      walk.names.refused ??= `${method}() is nested too deeply.`
    walkAll(args.slice(1), { ...walk, bound: [...walk.bound, first.args], depth: walk.depth + 1 })
  } else if (first?.op === 'id' && method === 'bind' && receiver.op === 'id' && receiver.args === 'cel') {
    walkAll(args[1], walk)
    walkAll(args.slice(2), { ...walk, bound: [...walk.bound, first.args] })
  } else {
    walkAll(receiver, walk)
    walkAll(args, walk)
  }
}

function visit(node: ASTNode, walk: Walk): void {
  if (node.op === 'value') return
  if (node.op === 'id') {
    if (walk.bound.includes(node.args) || celLanguageNames.has(node.args)) return
    const found = walk.guarded ? walk.names.guarded : walk.names.free
    if (!walk.names.free.includes(node.args)) walk.names.free.push(node.args)
    if (!found.includes(node.args)) found.push(node.args)
  } else if (node.op === 'call' && node.args[0] === 'has') walkAll(node.args[1], { ...walk, guarded: true })
  else if (node.op === 'rcall') visitCall(node, walk)
  else walkAll(node.args, walk)
}

/** Walks the tree once. Bound by the parser's limit of nodes. */
export function celNames(root: ASTNode): CelNames {
  const names: CelNames = { free: [], guarded: [], refused: null }
  visit(root, { names, bound: [], depth: 0, guarded: false })
  return names
}
