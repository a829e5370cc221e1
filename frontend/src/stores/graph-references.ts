import type { NodeInstance } from '@millrace/shared/graph/workflow-definition'
import type { ExpressionRef } from '@millrace/shared/nodes/definition'
import { askDefinition } from './graph-ports.ts'

/** Expressions of a step, as far as its draft can be read. */
export function expressionsOf(node: Pick<NodeInstance, 'type' | 'config'>): ExpressionRef[] {
  return askDefinition(node, (definition, config) => definition.expressions(config), [])
}

/** A step's set-up with every mention of one step's id in its expressions replaced by another; the same object when there is none. */
export function renameInConfig(node: NodeInstance, from: string, to: string): NodeInstance {
  let config: unknown = node.config
  for (const { path, kind, source } of expressionsOf(node)) {
    const renamed = kind === 'cel' ? renameInCode(source, from, to) : renameInTemplate(source, from, to)
    if (renamed !== source) config = replaceAt(config, path.split('.'), renamed)
  }
  return config === node.config ? node : { ...node, config: config as Record<string, unknown> }
}

function renameInTemplate(template: string, from: string, to: string): string {
  return template.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (part) => renameInCode(part, from, to))
}

/** Ids are plain identifiers, so they hold nothing that a pattern would read otherwise. Quoted texts stay as they are. */
function renameInCode(code: string, from: string, to: string): string {
  const mention = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|(?<![\\w.])${from}(?!\\w)`, 'g')
  return code.replace(mention, (found) => (found === from ? to : found))
}

function replaceAt(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === key ? replaceAt(item, rest, replacement) : item))
  }
  if (typeof value !== 'object' || value === null) return value
  return { ...value, [key]: replaceAt((value as Record<string, unknown>)[key], rest, replacement) }
}
