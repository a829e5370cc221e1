import type { PromptChoice } from '@millrace/shared/nodes/prompt'
import { useState } from 'react'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { Switch } from '../../ui/switch.tsx'
import { ExpressionField } from './expression/expression-field.tsx'
import type { FieldSpec } from './field-spec.ts'
import { ListSection, optionsOf, SliderField } from './setup-parts.tsx'
import { ChoicesEditor } from './widgets/choices-editor.tsx'
import { DurationInput } from './widgets/duration-input.tsx'
import { DurationsEditor } from './widgets/durations-editor.tsx'
import { FormFieldsEditor } from './widgets/form-fields-editor.tsx'
import { HeadersEditor } from './widgets/headers-editor.tsx'
import { JsonInput } from './widgets/json-input.tsx'
import { NumberInput } from './widgets/number-input.tsx'
import { CredentialSelect, KnowledgeBaseSelect, ModelInput } from './widgets/resource-selects.tsx'
import { SetFieldsEditor } from './widgets/set-fields-editor.tsx'
import { withValue } from './with-value.ts'

export interface SetupFieldProps {
  nodeId: string
  spec: FieldSpec
  config: Record<string, unknown>
  /** undefined takes the setting away, so that the default applies. */
  onChange: (value: unknown) => void
  /** Message for a path inside `config`. */
  errorAt: (path: string) => string | undefined
  disabled: boolean
  /** Path of the group that holds it: `demo.`. */
  prefix?: string
}

/** One setting with the control that its schema asks for. */
export function SetupField(props: SetupFieldProps) {
  const { nodeId, spec, config, onChange, errorAt, disabled, prefix = '' } = props
  const [fault, setFault] = useState<string | null>(null)
  const path = `${prefix}${spec.name}`
  const error = fault ?? errorAt(path)
  const value = config[spec.name] ?? spec.fallback
  const text = typeof value === 'string' ? value : ''
  const provider = typeof config.provider === 'string' ? config.provider : 'demo'

  if (spec.widget === 'template' || spec.widget === 'expression') {
    return (
      <ExpressionField
        nodeId={nodeId}
        label={spec.title}
        kind={spec.widget === 'template' ? 'template' : 'cel'}
        value={text}
        rows={spec.rows}
        mono={spec.isMono}
        help={spec.help}
        error={error}
        disabled={disabled}
        onChange={(next) => onChange(next === '' && spec.isOptional && spec.fallback === undefined ? undefined : next)}
      />
    )
  }
  if (spec.widget === 'group') return <GroupField {...props} />
  const label = { label: spec.title, error, help: spec.help ?? undefined }
  const list = Array.isArray(value) ? (value as never[]) : []
  switch (spec.widget) {
    case 'fields':
      return (
        <ListSection {...label}>
          <FormFieldsEditor value={list} onChange={onChange} disabled={disabled} />
        </ListSection>
      )
    case 'choices':
      return (
        <ListSection {...label}>
          <ChoicesEditor nodeId={nodeId} value={list as PromptChoice[]} onChange={onChange} disabled={disabled} />
        </ListSection>
      )
    case 'headers':
      return (
        <ListSection {...label}>
          <HeadersEditor nodeId={nodeId} value={list} onChange={onChange} disabled={disabled} />
        </ListSection>
      )
    case 'setFields':
      return (
        <ListSection {...label}>
          <SetFieldsEditor
            nodeId={nodeId}
            value={list}
            onChange={onChange}
            errorAt={(index) => errorAt(`${path}.${index}.value`)}
            disabled={disabled}
          />
        </ListSection>
      )
    case 'durations':
      return (
        <ListSection {...label}>
          <DurationsEditor value={list} onChange={onChange} disabled={disabled} />
        </ListSection>
      )
    case 'switch':
      return (
        <Field {...label}>
          <Switch checked={value === true} onCheckedChange={onChange} disabled={disabled} />
        </Field>
      )
    case 'segmented':
      return (
        <Field {...label}>
          <Segmented value={text} options={optionsOf(spec)} onValueChange={onChange} disabled={disabled} />
        </Field>
      )
    case 'select':
    case 'provider':
      return (
        <Field {...label}>
          <Select value={text} options={optionsOf(spec)} onValueChange={onChange} disabled={disabled} />
        </Field>
      )
    case 'model':
      return (
        <Field {...label}>
          <ModelInput value={text} onChange={onChange} disabled={disabled} provider={provider} />
        </Field>
      )
    case 'credential':
      return (
        <Field {...label} optional>
          <CredentialSelect
            value={text}
            provider={provider}
            onChange={(next) => onChange(next === '' ? undefined : next)}
            disabled={disabled}
          />
        </Field>
      )
    case 'knowledgeBase':
      return (
        <Field {...label}>
          <KnowledgeBaseSelect value={text} onChange={onChange} disabled={disabled} />
        </Field>
      )
    case 'duration':
      return (
        <Field {...label} optional={spec.isOptional}>
          <DurationInput
            value={typeof value === 'number' ? value : null}
            maxMs={spec.max}
            onChange={(ms) => onChange(ms ?? undefined)}
            disabled={disabled}
          />
        </Field>
      )
    case 'json':
      return (
        <Field {...label} optional={spec.isOptional}>
          <JsonInput value={value} onChange={onChange} onFault={setFault} disabled={disabled} />
        </Field>
      )
    case 'slider':
      return (
        <Field {...label}>
          <SliderField
            spec={spec}
            value={typeof value === 'number' ? value : (spec.min ?? 0)}
            onChange={onChange}
            disabled={disabled}
          />
        </Field>
      )
    case 'number':
      return (
        <Field {...label} optional={spec.isOptional && spec.fallback === undefined}>
          <NumberInput
            value={typeof value === 'number' ? value : null}
            onChange={(next) => onChange(next ?? undefined)}
            onFault={setFault}
            min={spec.min}
            max={spec.max}
            isInteger={spec.isInteger}
            isOptional={spec.isOptional}
            unit={spec.unit}
            disabled={disabled}
          />
        </Field>
      )
    case 'text':
      return (
        <Field {...label}>
          <Input
            value={text}
            mono={spec.isMono}
            disabled={disabled}
            onChange={(event) => onChange(event.target.value)}
          />
        </Field>
      )
  }
}

/** Settings that belong together and may be absent together. */
function GroupField({ nodeId, spec, config, onChange, errorAt, disabled, prefix = '' }: SetupFieldProps) {
  const value = config[spec.name]
  const isOn = typeof value === 'object' && value !== null
  const members = isOn ? (value as Record<string, unknown>) : {}
  return (
    <div role="group" aria-label={spec.title} className="flex flex-col gap-3">
      <div className="flex items-center justify-between text-small font-mid text-ink-2">
        {spec.title}
        <Switch
          checked={isOn}
          disabled={disabled}
          aria-label={spec.title}
          onCheckedChange={(on) => onChange(on ? {} : undefined)}
        />
      </div>
      {isOn && (
        <div className="grid grid-cols-2 gap-3 rounded-control border bg-paper p-3">
          {spec.members.map((member) => (
            <SetupField
              key={member.name}
              nodeId={nodeId}
              spec={member}
              config={members}
              errorAt={errorAt}
              disabled={disabled}
              prefix={`${prefix}${spec.name}.`}
              onChange={(next) => onChange(withValue(members, member.name, next))}
            />
          ))}
        </div>
      )}
    </div>
  )
}
