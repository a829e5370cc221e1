import { CreateCredential, type Credential } from '@millrace/shared/api/credentials'
import { type FormEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useCreateCredential } from '../../api/settings.ts'
import { checkForm } from '../../ui/check-form.ts'
import { CreateFooter } from '../../ui/create-footer.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { providerWords } from './provider-words.ts'

const formId = 'create-credential'
const providers = Object.entries(providerWords).map(([value, label]) => ({ value, label }))
const empty = { name: '', provider: 'openai-compatible' as Credential['provider'], apiKey: '', baseUrl: '' }

export function CreateCredentialDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const [values, setValues] = useState(empty)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const create = useCreateCredential()
  const failure = create.error === null ? null : describeError(create.error)
  const change = (next: Partial<typeof empty>) => setValues((before) => ({ ...before, ...next }))

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (next) return
    setValues(empty)
    setErrors({})
    create.reset()
  }

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const baseUrl = values.baseUrl.trim()
    const checked = checkForm(CreateCredential, { ...values, baseUrl: baseUrl === '' ? undefined : baseUrl })
    const found = checked.errors ?? {}
    if ('name' in found) found.name = 'Give it a name.'
    if ('apiKey' in found) found.apiKey = 'Paste the key.'
    if ('baseUrl' in found) found.baseUrl = 'Enter a whole address, with https://.'
    setErrors(found)
    if (checked.errors === null) create.mutate(checked.data, { onSuccess: () => handleOpenChange(false) })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      title="Add a credential"
      description="The key goes to the server once and is stored encrypted."
      footer={
        <CreateFooter formId={formId} busy={create.isPending} onClose={() => handleOpenChange(false)}>
          Add
        </CreateFooter>
      }
    >
      <form id={formId} noValidate onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Field label="Provider">
          <Select
            value={values.provider}
            onValueChange={(provider) => change({ provider: provider as Credential['provider'] })}
            options={providers}
          />
        </Field>
        <Field label="Name" error={errors.name} required>
          <Input
            value={values.name}
            onChange={(event) => change({ name: event.target.value })}
            placeholder="Team account"
          />
        </Field>
        <Field label="Key" error={errors.apiKey} required>
          <Input
            value={values.apiKey}
            onChange={(event) => change({ apiKey: event.target.value })}
            type="password"
            autoComplete="off"
            mono
          />
        </Field>
        <Field
          label="Address"
          optional
          help="For gateways and local servers; otherwise the provider's own."
          error={errors.baseUrl}
        >
          <Input
            value={values.baseUrl}
            onChange={(event) => change({ baseUrl: event.target.value })}
            mono
            placeholder="https://llm.example.com/v1"
          />
        </Field>
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
      </form>
    </Dialog>
  )
}
