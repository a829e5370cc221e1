import { Link } from 'react-router'
import { useKnowledgeBases } from '../../../api/knowledge.ts'
import { useCredentials } from '../../../api/settings.ts'
import { Input } from '../../../ui/input.tsx'
import { Select } from '../../../ui/select.tsx'

interface ResourceProps {
  value: string
  onChange: (value: string) => void
  disabled: boolean
}

const none = 'none'

export function KnowledgeBaseSelect({ value, onChange, disabled }: ResourceProps) {
  const bases = useKnowledgeBases().data
  const options = (bases ?? []).map((base) => ({
    value: base.id,
    label: base.name,
    help: `${base.documentCount} documents`,
  }))
  if (bases !== undefined && bases.length === 0) {
    return (
      <p className="text-small text-ink-2">
        There is none yet.{' '}
        <Link to="/knowledge" className="text-current-text underline underline-offset-2">
          Make one
        </Link>
        , then choose it here.
      </p>
    )
  }
  return (
    <Select
      value={value}
      onValueChange={onChange}
      options={options}
      placeholder="Choose a knowledge base"
      disabled={disabled}
    />
  )
}

/** Credentials of one provider; secrets never come here. */
export function CredentialSelect({ value, onChange, disabled, provider }: ResourceProps & { provider: string }) {
  const credentials = (useCredentials().data ?? []).filter((credential) => credential.provider === provider)
  const options = [
    { value: none, label: 'None' },
    ...credentials.map((credential) => ({
      value: credential.id,
      label: credential.name,
      help: Object.values(credential.hint).join(' · '),
    })),
  ]
  return (
    <Select
      value={value === '' ? none : value}
      onValueChange={(next) => onChange(next === none ? '' : next)}
      options={options}
      disabled={disabled}
    />
  )
}

/** Words for the providers of models. */
export const providerLabels: Record<string, string> = {
  demo: 'Demo',
  'openai-compatible': 'OpenAI or compatible',
  anthropic: 'Anthropic',
}

/** A model to begin with, by provider; any other name can be typed. */
export const firstModel: Record<string, string> = {
  demo: 'demo-writer',
  'openai-compatible': 'gpt-4o-mini',
  anthropic: 'claude-sonnet-4-5',
}

export function ModelInput({ value, onChange, disabled, provider }: ResourceProps & { provider: string }) {
  return (
    <Input
      value={value}
      disabled={disabled || provider === 'demo'}
      placeholder={firstModel[provider]}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
