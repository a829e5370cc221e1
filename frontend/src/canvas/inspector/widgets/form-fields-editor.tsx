import type { FormField } from '@millrace/shared/nodes/field'
import { Input } from '../../../ui/input.tsx'
import { Select } from '../../../ui/select.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { freeName } from './free-name.ts'
import { ListEditor } from './list-editor.tsx'

type Draft = Partial<FormField> & { name: string }

const types: { value: FormField['type']; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'textarea', label: 'Long text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'select', label: 'One of a list' },
  { value: 'json', label: 'JSON' },
]

/** Fields of a form: of a run's input, or of a question. */
export function FormFieldsEditor({
  value,
  onChange,
  disabled,
}: {
  value: readonly Draft[]
  onChange: (value: Draft[]) => void
  disabled: boolean
}) {
  return (
    <ListEditor
      items={value}
      onChange={onChange}
      create={(): Draft => ({ name: freeName(value, 'field'), label: '', type: 'text', required: false })}
      max={50}
      noun="field"
      addLabel="Add a field"
      disabled={disabled}
    >
      {(field, change) => (
        <>
          <div className="grid grid-cols-2 gap-2">
            <Input
              aria-label="Name in expressions"
              mono
              placeholder="name"
              value={field.name}
              disabled={disabled}
              onChange={(event) => change({ ...field, name: event.target.value })}
            />
            <Select
              aria-label="Type"
              value={field.type ?? 'text'}
              options={types}
              disabled={disabled}
              onValueChange={(type) => change(retyped(field, type as FormField['type']))}
            />
          </div>
          <Input
            aria-label="Label"
            placeholder="Label people read"
            value={field.label ?? ''}
            disabled={disabled}
            onChange={(event) => change({ ...field, label: event.target.value })}
          />
          {field.type === 'select' && (
            <Input
              aria-label="Choices, with commas"
              placeholder="friendly, formal, brief"
              defaultValue={(field.options ?? []).join(', ')}
              disabled={disabled}
              onChange={(event) =>
                change({
                  ...field,
                  options: event.target.value
                    .split(',')
                    .map((option) => option.trim())
                    .filter((option) => option !== ''),
                })
              }
            />
          )}
          <div className="flex items-center gap-2 text-small text-ink-2">
            <Switch
              checked={field.required ?? false}
              disabled={disabled}
              onCheckedChange={(required) => change({ ...field, required })}
              aria-label="Required"
            />
            Required
          </div>
        </>
      )}
    </ListEditor>
  )
}

function retyped(field: Draft, type: FormField['type']): Draft {
  const { options, default: _default, ...rest } = field
  return type === 'select' ? { ...rest, type, options: options ?? [] } : { ...rest, type }
}
