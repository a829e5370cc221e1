import { Input } from '../../../ui/input.tsx'
import { Segmented } from '../../../ui/segmented.tsx'
import { ExpressionField } from '../expression/expression-field.tsx'
import { freeName } from './free-name.ts'
import { ListEditor } from './list-editor.tsx'

interface SetField {
  name: string
  kind?: 'cel' | 'template'
  value?: string
}

const kinds = [
  { value: 'template', label: 'Text' },
  { value: 'cel', label: 'Value' },
] as const

export interface SetFieldsEditorProps {
  nodeId: string
  value: readonly SetField[]
  onChange: (value: SetField[]) => void
  /** Message for the value of a row. */
  errorAt: (index: number) => string | undefined
  disabled: boolean
}

/** Named values made from earlier ones. */
export function SetFieldsEditor({ nodeId, value, onChange, errorAt, disabled }: SetFieldsEditorProps) {
  return (
    <ListEditor
      items={value}
      onChange={onChange}
      create={(): SetField => ({ name: freeName(value, 'value'), kind: 'template', value: '' })}
      max={50}
      noun="value"
      addLabel="Add a value"
      disabled={disabled}
    >
      {(field, change, index) => (
        <>
          <div className="flex items-center gap-2">
            <Input
              aria-label="Name"
              mono
              value={field.name}
              disabled={disabled}
              onChange={(event) => change({ ...field, name: event.target.value })}
            />
            <Segmented
              aria-label="Kind"
              size="small"
              value={field.kind ?? 'template'}
              options={kinds}
              disabled={disabled}
              onValueChange={(kind) => change({ ...field, kind })}
            />
          </div>
          <ExpressionField
            nodeId={nodeId}
            label={`Value of ${field.name}`}
            kind={field.kind ?? 'template'}
            value={field.value ?? ''}
            error={errorAt(index)}
            disabled={disabled}
            onChange={(next) => change({ ...field, value: next })}
          />
        </>
      )}
    </ListEditor>
  )
}
