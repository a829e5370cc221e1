import clsx from 'clsx'
import { Braces } from 'lucide-react'
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useRef, useState } from 'react'
import { useGraph } from '../../../stores/graph-context.ts'
import { Field, useFieldProps } from '../../../ui/field.tsx'
import { insertVariable, matching, templatePieces, tokenAt } from './completion.ts'
import { previewExpression } from './preview.ts'
import { useRunValues } from './run-values.ts'
import { VariableList } from './variable-list.tsx'
import { variablesFor } from './variables.ts'

export interface ExpressionFieldProps {
  nodeId: string
  label: string
  kind: 'cel' | 'template'
  value: string
  onChange: (value: string) => void
  rows?: number
  mono?: boolean
  optional?: boolean
  help?: string | null
  error?: string | undefined
  /** Without label and preview, for rows of a list. */
  compact?: boolean
  disabled?: boolean
}

/** A text with expressions in it: variables to insert and complete, faults while typing, the result with real values. */
export function ExpressionField(props: ExpressionFieldProps) {
  const { nodeId, label, kind, value, error, help, optional, compact, disabled } = props
  const values = useRunValues()
  const preview = useMemo(() => previewExpression(value, kind, values.scope), [value, kind, values.scope])
  const shown = useDeferredValue(preview)
  const [isListed, setListed] = useState(false)
  const fault = error ?? (shown.kind === 'fault' ? shown.reason : undefined)
  const result =
    shown.kind === 'value' ? (typeof shown.value === 'string' ? shown.value : JSON.stringify(shown.value)) : null
  return (
    <Field
      label={label}
      {...(compact === true ? { className: '[&>div:first-child]:sr-only' } : {})}
      {...(optional === undefined ? {} : { optional })}
      error={fault}
      help={help ?? undefined}
      trailing={
        disabled === true ? undefined : (
          <button
            type="button"
            className="inline-flex items-center gap-1 hover:text-ink"
            onPointerDown={(event) => {
              event.preventDefault()
              setListed(!isListed)
            }}
          >
            <Braces aria-hidden="true" className="size-3" /> Insert
          </button>
        )
      }
    >
      <Editor {...props} nodeId={nodeId} isListed={isListed} onListed={setListed} />
      {result !== null && compact !== true && kind === 'template' && result !== value && (
        <Result text={result} mono={props.mono === true} />
      )}
      {result !== null && kind === 'cel' && <Result text={result} mono />}
    </Field>
  )
}

/** The rendered text on one or a few lines. */
function Result({ text, mono }: { text: string; mono: boolean }) {
  return (
    <p
      title={text}
      aria-label="Result with the last run"
      className={clsx(
        'line-clamp-3 text-small break-words whitespace-pre-wrap text-ink-2',
        mono && 'font-mono text-micro',
      )}
    >
      → {text.slice(0, 600)}
    </p>
  )
}

type EditorProps = ExpressionFieldProps & { isListed: boolean; onListed: (listed: boolean) => void }

const textClass = 'px-2.5 py-1.5 break-words whitespace-pre-wrap'

function Editor({ nodeId, kind, value, onChange, rows = 1, mono, disabled, isListed, onListed, compact }: EditorProps) {
  const definition = useGraph((graph) => graph.definition)
  const values = useRunValues()
  const field = useFieldProps()
  const listId = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const [cursor, setCursor] = useState(0)
  const [activeIndex, setActiveIndex] = useState(0)
  const [isDismissed, setDismissed] = useState(true)
  const groups = useMemo(() => variablesFor(definition, nodeId, values.scope), [definition, nodeId, values.scope])
  const token = tokenAt(value, cursor, kind)
  const isOpen = isListed || (!isDismissed && token !== null)
  const found = isOpen ? matching(groups, isListed ? '' : (token?.text ?? '')) : []
  const paths = found.flatMap((group) => group.variables.map((variable) => variable.path))
  const active = paths[Math.min(activeIndex, paths.length - 1)] ?? null
  const isExact = !isListed && paths.length === 1 && paths[0] === token?.text
  const font = mono === true || kind === 'cel' ? 'font-mono text-small leading-5' : ''

  function close() {
    setDismissed(true)
    onListed(false)
  }

  function pick(path: string) {
    const inserted = insertVariable(value, area.current?.selectionStart ?? cursor, path, kind)
    onChange(inserted.source)
    close()
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(inserted.cursor, inserted.cursor)
      setCursor(inserted.cursor)
    })
  }

  function handleKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (!isOpen || paths.length === 0 || isExact) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActiveIndex((Math.min(activeIndex, paths.length - 1) + step + paths.length) % paths.length)
    } else if ((event.key === 'Enter' && !event.metaKey && !event.ctrlKey) || event.key === 'Tab') {
      if (active === null || (token?.text === '' && !isListed)) return close()
      event.preventDefault()
      pick(active)
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    }
  }

  return (
    <div className="relative">
      <div
        className={clsx(
          'ring-control relative max-h-80 overflow-y-auto rounded-control border',
          disabled === true ? 'border-line bg-sunk text-ink-3' : 'border-line-control bg-surface',
          field['aria-invalid'] === true && 'border-failed-mark',
        )}
      >
        {/* What is typed, with its expressions marked; the text area over it is clear and gives caret and keys. */}
        <pre
          aria-hidden="true"
          className={clsx(textClass, font, 'font-[inherit]')}
          style={{ minHeight: rows * 20 + 12, fontFamily: font === '' ? 'inherit' : undefined }}
        >
          {kind === 'cel' ? value : templatePieces(value).map((piece, index) => <Piece key={index} piece={piece} />)}
          {'​'}
        </pre>
        <textarea
          {...field}
          ref={area}
          rows={rows}
          value={value}
          disabled={disabled === true}
          spellCheck={kind === 'template' && mono !== true}
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-autocomplete="list"
          {...(active === null || !isOpen ? {} : { 'aria-activedescendant': `${listId}-${active}` })}
          onChange={(event) => {
            setCursor(event.target.selectionStart)
            setActiveIndex(0)
            setDismissed(false)
            onChange(event.target.value)
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
          onKeyDown={handleKey}
          onBlur={close}
          className={clsx(
            textClass,
            font,
            'absolute inset-0 size-full resize-none overflow-hidden bg-transparent text-transparent caret-ink outline-none selection:text-transparent',
          )}
        />
      </div>
      {isOpen && !isExact && found.length > 0 && (
        <VariableList id={listId} groups={found} active={active} onPick={pick} at={values.at} />
      )}
      {compact === true && null}
    </div>
  )
}

function Piece({ piece }: { piece: { text: string; kind: 'text' | 'value' | 'tag' } }) {
  if (piece.kind === 'text') return piece.text
  return (
    <span
      className={clsx(
        'rounded-chip',
        piece.kind === 'value' ? 'bg-sunk text-current-text shadow-[0_0_0_1px_var(--line)]' : 'text-ink-2',
      )}
    >
      {piece.text}
    </span>
  )
}
