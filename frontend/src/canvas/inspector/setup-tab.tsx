import type { NodeInstance } from '@millrace/shared/graph/workflow-definition'
import { findNodeDefinition } from '@millrace/shared/nodes/registry'
import { useEffect, useMemo, useRef } from 'react'
import { configureNode, type NodePatch } from '../../stores/graph-commands.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { useBoard, useBoardStore } from '../board/board-context.ts'
import { CommonFields } from './common-fields.tsx'
import { type FieldSpec, fieldSpecs, isShown } from './field-spec.ts'
import { SetupField } from './setup-field.tsx'
import { firstModel } from './widgets/resource-selects.tsx'
import { withValue } from './with-value.ts'

/** Settings that stand side by side. */
const halves = new Set(['provider', 'model', 'method', 'successCodes', 'timeoutMs', 'limit', 'maxTokens'])

/** The set-up of a step: a control per setting of its type, then what all steps share. */
export function SetupTab({ node, disabled }: { node: NodeInstance; disabled: boolean }) {
  const graph = useGraphStore()
  const board = useBoardStore()
  const definition = findNodeDefinition(node.type)
  const specs = useMemo(() => (definition === null ? [] : fieldSpecs(definition)), [definition])
  const problems = useGraph((state) => state.problems)
  const focusPath = useBoard((state) => state.focusPath)
  const form = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (focusPath === null) return
    const name = focusPath.replace(/^config\./, '').split('.')[0] ?? ''
    const field = form.current?.querySelector<HTMLElement>(`[data-setting="${CSS.escape(name)}"]`)
    field?.scrollIntoView({ block: 'center' })
    const control =
      field?.querySelector<HTMLElement>('textarea, input, [role="combobox"]') ?? field?.querySelector('button')
    control?.focus()
    board.set({ focusPath: null })
  }, [focusPath, board])

  const change = (patch: NodePatch, key: string) =>
    graph.change({ label: 'set up', key: `${node.id}/${key}` }, (before) => configureNode(before, node.id, patch))
  const errorAt = (path: string) => {
    const full = `config.${path}`
    const own = problems.find(
      (problem) => problem.nodeId === node.id && problem.severity === 'error' && problem.path === full,
    )
    const inside = problems.find(
      (problem) =>
        problem.nodeId === node.id && problem.severity === 'error' && problem.path?.startsWith(`${full}.`) === true,
    )
    return own?.message ?? inside?.message
  }
  const setConfig = (spec: FieldSpec, value: unknown) => {
    let config = withValue(node.config, spec.name, value)
    // Another provider has other models and other credentials.
    if (spec.widget === 'provider')
      config = withValue(withValue(config, 'model', firstModel[String(value)] ?? ''), 'credentialId', undefined)
    change({ config }, spec.name)
  }

  return (
    <div ref={form} className="grid grid-cols-2 gap-x-3 gap-y-4">
      {definition === null && (
        <p className="col-span-2 text-failed-text">This version does not know steps of type “{node.type}”.</p>
      )}
      {specs
        .filter((spec) => isShown(spec, node.config, specs))
        .map((spec) => (
          <div
            key={spec.name}
            data-setting={spec.name}
            className={halves.has(spec.name) ? 'min-w-0' : 'col-span-2 min-w-0'}
          >
            <SetupField
              nodeId={node.id}
              spec={spec}
              config={node.config}
              errorAt={errorAt}
              disabled={disabled}
              onChange={(value) => setConfig(spec, value)}
            />
          </div>
        ))}
      <CommonFields key={node.id} node={node} definition={definition} disabled={disabled} onChange={change} />
    </div>
  )
}
