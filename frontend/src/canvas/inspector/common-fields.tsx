import { isReservedId } from '@millrace/shared/graph/reserved-ids'
import {
  type NodeInstance,
  nodeIdPattern,
  type OnError,
  type RetryPolicy,
  workflowLimits,
} from '@millrace/shared/graph/workflow-definition'
import type { NodeDefinition } from '@millrace/shared/nodes/definition'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { type NodePatch, renameNode } from '../../stores/graph-commands.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { Textarea } from '../../ui/textarea.tsx'
import { durationWords } from '../../ui/time-words.ts'
import { useBoardStore } from '../board/board-context.ts'
import { NumberInput } from './widgets/number-input.tsx'

interface CommonFieldsProps {
  node: NodeInstance
  definition: NodeDefinition | null
  disabled: boolean
  onChange: (patch: NodePatch, key: string) => void
}

const onErrorOptions: { value: OnError; label: string; help: string }[] = [
  { value: 'fail', label: 'Fail the run', help: 'The run ends here' },
  { value: 'continue', label: 'Go on', help: 'Later steps get an empty output' },
  { value: 'branch', label: 'Take the error way', help: 'Adds a way out for errors' },
]

/** What every step has, whatever its type: failing, retrying, waiting for inputs, its id and a note. */
export function CommonFields({ node, definition, disabled, onChange }: CommonFieldsProps) {
  const canFail = definition !== null && definition.kind !== 'trigger' && definition.type !== 'stop'
  const isEffect = definition?.kind === 'effect'
  const inputCount = useGraph(
    (graph) => graph.definition.edges.filter((edge) => edge.target === node.id && edge.loop === undefined).length,
  )
  return (
    <>
      {canFail && (
        <Field label="On error" className={isEffect ? '' : 'col-span-2'}>
          <Select
            value={node.onError ?? 'fail'}
            options={onErrorOptions}
            disabled={disabled}
            onValueChange={(onError) =>
              onChange({ onError: onError === 'fail' ? undefined : (onError as OnError) }, 'onError')
            }
          />
        </Field>
      )}
      {isEffect && (
        <Field label="Timeout of a try" optional>
          <NumberInput
            value={node.timeoutMs === undefined ? null : node.timeoutMs / 1000}
            onChange={(seconds) =>
              onChange({ timeoutMs: seconds === null ? undefined : Math.round(seconds * 1000) }, 'timeoutMs')
            }
            min={0.1}
            max={workflowLimits.timeoutMaxMs / 1000}
            isOptional
            unit="s"
            placeholder={
              definition?.defaultTimeoutMs === undefined ? 'none' : String(definition.defaultTimeoutMs / 1000)
            }
            disabled={disabled}
          />
        </Field>
      )}
      {isEffect && <RetryFields node={node} definition={definition} disabled={disabled} onChange={onChange} />}
      {inputCount > 1 && <JoinField node={node} disabled={disabled} onChange={onChange} inputCount={inputCount} />}
      <IdField node={node} disabled={disabled} />
      <Field label="Note" optional className="col-span-2">
        <Textarea
          rows={1}
          value={node.note ?? ''}
          disabled={disabled}
          maxLength={2000}
          onChange={(event) => onChange({ note: event.target.value }, 'note')}
        />
      </Field>
    </>
  )
}

function RetryFields({ node, definition, disabled, onChange }: CommonFieldsProps) {
  const [isOpen, setOpen] = useState(node.retry !== undefined)
  const base: RetryPolicy = definition?.defaultRetry ?? {
    maxAttempts: 1,
    initialIntervalMs: 1000,
    backoffCoefficient: 2,
    maxIntervalMs: 30_000,
  }
  const policy = { ...base, ...node.retry }
  const set = (patch: Partial<RetryPolicy>) =>
    onChange({ retry: { ...node.retry, ...patch } }, `retry.${Object.keys(patch)[0]}`)
  const words = policy.maxAttempts === 1 ? 'one try' : `${policy.maxAttempts} attempts`
  const growth =
    policy.backoffCoefficient === 1
      ? 'steady'
      : policy.backoffCoefficient === 2
        ? 'doubling'
        : `× ${policy.backoffCoefficient}`
  return (
    <div className="col-span-2 flex flex-col gap-1">
      <p className="text-small font-mid text-ink-2">Retry</p>
      <details
        open={isOpen}
        onToggle={(event) => setOpen(event.currentTarget.open)}
        className="group rounded-control border border-line-control bg-surface"
      >
        <summary className="flex h-8 list-none items-center gap-1 px-2.5">
          {words}
          {policy.maxAttempts > 1 && (
            <span className="truncate text-ink-2">
              · {shortly(policy.initialIntervalMs)}, {growth}, up to {shortly(policy.maxIntervalMs)}
            </span>
          )}
          <ChevronRight
            aria-hidden="true"
            className="ml-auto size-4 text-ink-3 transition-transform group-open:rotate-90"
          />
        </summary>
        <div className="grid grid-cols-2 gap-3 border-t p-2.5">
          <Field label="Attempts">
            <NumberInput
              value={policy.maxAttempts}
              min={1}
              max={workflowLimits.attemptsMax}
              isInteger
              disabled={disabled}
              onChange={(value) => value !== null && set({ maxAttempts: value })}
            />
          </Field>
          <Field label="First wait">
            <NumberInput
              value={policy.initialIntervalMs / 1000}
              min={0}
              max={600}
              unit="s"
              disabled={disabled}
              onChange={(value) => value !== null && set({ initialIntervalMs: Math.round(value * 1000) })}
            />
          </Field>
          <Field label="Growth">
            <NumberInput
              value={policy.backoffCoefficient}
              min={1}
              max={10}
              unit="×"
              disabled={disabled}
              onChange={(value) => value !== null && set({ backoffCoefficient: value })}
            />
          </Field>
          <Field label="Longest wait">
            <NumberInput
              value={policy.maxIntervalMs / 1000}
              min={0}
              max={3600}
              unit="s"
              disabled={disabled}
              onChange={(value) => value !== null && set({ maxIntervalMs: Math.round(value * 1000) })}
            />
          </Field>
        </div>
      </details>
    </div>
  )
}

function shortly(ms: number): string {
  return ms < 1000 ? `${ms} ms` : durationWords(ms).replace('.0 s', ' s')
}

const joinOptions = [
  { value: 'all', label: 'All inputs', help: 'Begins when every input that can still come is there' },
  { value: 'any', label: 'The first input', help: 'Begins at once and ignores the others' },
  { value: 'n', label: 'A number of inputs' },
]

function JoinField({
  node,
  disabled,
  onChange,
  inputCount,
}: Omit<CommonFieldsProps, 'definition'> & { inputCount: number }) {
  const join = node.join ?? 'all'
  const kind = typeof join === 'string' ? join : 'n'
  return (
    <Field label="Waits for" className="col-span-2">
      <div className={kind === 'n' ? 'grid grid-cols-[1fr_96px] gap-2' : ''}>
        <Select
          value={kind}
          options={joinOptions}
          disabled={disabled}
          onValueChange={(next) =>
            onChange(
              { join: next === 'all' ? undefined : next === 'any' ? 'any' : { n: Math.min(2, inputCount) } },
              'join',
            )
          }
        />
        {typeof join === 'object' && (
          <NumberInput
            aria-label="Number of inputs"
            value={join.n}
            min={1}
            max={inputCount}
            isInteger
            disabled={disabled}
            onChange={(n) => n !== null && onChange({ join: { n } }, 'join')}
          />
        )}
      </div>
    </Field>
  )
}

/** The name by which expressions reach the step. Changing it takes every expression along. */
function IdField({ node, disabled }: { node: NodeInstance; disabled: boolean }) {
  const graph = useGraphStore()
  const board = useBoardStore()
  const [typed, setTyped] = useState(node.id)
  const isTaken = typed !== node.id && graph.store.getState().nodesById.has(typed)
  const error = !nodeIdPattern.test(typed)
    ? 'Use letters, digits and _, beginning with a letter.'
    : isReservedId(typed)
      ? 'This word means something else in expressions.'
      : isTaken
        ? 'Another step has this id.'
        : undefined
  function commit() {
    if (error !== undefined || typed === node.id) return setTyped(error === undefined ? typed : node.id)
    graph.change({ label: 'rename' }, (definition) => renameNode(definition, node.id, typed))
    board.select({ nodeIds: [typed] })
  }
  return (
    <Field
      label="Id in expressions"
      className="col-span-2"
      error={error}
      help={typed === node.id ? undefined : 'Expressions that use it change with it.'}
    >
      <Input
        mono
        value={typed}
        disabled={disabled}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
    </Field>
  )
}
