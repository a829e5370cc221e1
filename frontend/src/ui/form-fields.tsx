import type { FormField } from '@millrace/shared/nodes/field'
import { Field } from './field.tsx'
import { type FormDraft, fieldLabel } from './form-values.ts'
import { Input } from './input.tsx'
import { Select } from './select.tsx'
import { Switch } from './switch.tsx'
import { Textarea } from './textarea.tsx'

export interface FormFieldsProps {
  fields: readonly FormField[]
  draft: FormDraft
  errors: Record<string, string>
  onChange: (name: string, value: string | boolean) => void
  disabled?: boolean
}

/** The controls of a typed form, one per field, by its type. */
export function FormFields({ fields, draft, errors, onChange, disabled }: FormFieldsProps) {
  return (
    <div className="flex flex-col gap-3">
      {fields.map((field) => (
        <Field
          key={field.name}
          label={fieldLabel(field)}
          help={field.help}
          error={errors[field.name]}
          optional={!field.required && field.type !== 'boolean'}
          required={field.required}
        >
          <Control
            field={field}
            value={draft[field.name] ?? ''}
            onChange={(value) => onChange(field.name, value)}
            disabled={disabled === true}
          />
        </Field>
      ))}
    </div>
  )
}

interface ControlProps {
  field: FormField
  value: string | boolean
  onChange: (value: string | boolean) => void
  disabled: boolean
}

function Control({ field, value, onChange, disabled }: ControlProps) {
  const text = typeof value === 'string' ? value : ''
  if (field.type === 'boolean')
    return <Switch checked={value === true} onCheckedChange={onChange} disabled={disabled} />
  if (field.type === 'select') {
    const options = (field.options ?? []).map((option) => ({ value: option, label: option }))
    return <Select value={text} onValueChange={onChange} options={options} disabled={disabled} />
  }
  if (field.type === 'textarea' || field.type === 'json') {
    return (
      <Textarea
        value={text}
        mono={field.type === 'json'}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  return (
    <Input
      value={text}
      disabled={disabled}
      inputMode={field.type === 'number' ? 'decimal' : 'text'}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
