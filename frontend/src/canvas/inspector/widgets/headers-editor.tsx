import { Input } from '../../../ui/input.tsx'
import { ExpressionField } from '../expression/expression-field.tsx'
import { ListEditor } from './list-editor.tsx'

interface Header {
  name: string
  value?: string
}

/** Header lines of a request. */
export function HeadersEditor({
  nodeId,
  value,
  onChange,
  disabled,
}: {
  nodeId: string
  value: readonly Header[]
  onChange: (value: Header[]) => void
  disabled: boolean
}) {
  return (
    <ListEditor
      items={value}
      onChange={onChange}
      create={(): Header => ({ name: 'accept', value: 'application/json' })}
      max={50}
      noun="header"
      addLabel="Add a header"
      disabled={disabled}
    >
      {(header, change) => (
        <>
          <Input
            aria-label="Header"
            mono
            value={header.name}
            disabled={disabled}
            onChange={(event) => change({ ...header, name: event.target.value })}
          />
          <ExpressionField
            nodeId={nodeId}
            label={`Value of ${header.name}`}
            compact
            kind="template"
            mono
            value={header.value ?? ''}
            disabled={disabled}
            onChange={(next) => change({ ...header, value: next })}
          />
        </>
      )}
    </ListEditor>
  )
}
