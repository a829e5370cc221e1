import { CreateHook } from '@millrace/shared/api/hooks'
import { type FormEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useCreateHook } from '../../api/hooks.ts'
import { checkForm } from '../../ui/check-form.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { CreateFooter } from '../../ui/create-footer.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'
import { hookEventChoices } from './hook-event-words.ts'

const formId = 'create-hook'
/** How runs end: what most receivers want. */
const usual: readonly string[] = ['execution:completed', 'execution:failed']

/** Creates a hook and shows its secret this once. */
export function CreateHookDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [url, setUrl] = useState('')
  const [types, setTypes] = useState(usual)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const create = useCreateHook()
  const created = create.data
  const failure = create.error === null ? null : describeError(create.error)

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (next) return
    create.reset()
    setUrl('')
    setTypes(usual)
    setErrors({})
  }

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const found: Record<string, string> = types.length === 0 ? { eventTypes: 'Choose at least one.' } : {}
    const checked = checkForm(CreateHook, { url: url.trim(), eventTypes: [...types] })
    if (checked.errors?.url !== undefined) found.url = 'An address like https://example.org/millrace.'
    setErrors(found)
    if (Object.keys(found).length === 0 && checked.errors === null) create.mutate(checked.data)
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      title={created === undefined ? 'New hook' : 'Copy the secret now'}
      description={
        created === undefined
          ? 'Each event you choose is sent to the address as a signed request.'
          : 'It signs what is sent. It is stored sealed and cannot be shown again.'
      }
      footer={
        <CreateFooter
          formId={formId}
          busy={create.isPending}
          isMade={created !== undefined}
          onClose={() => handleOpenChange(false)}
        >
          Create the hook
        </CreateFooter>
      }
    >
      {created === undefined ? (
        <form id={formId} noValidate onSubmit={handleSubmit} className="flex flex-col gap-4">
          <Field label="Address" error={errors.url} required>
            <Input
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              autoFocus
              inputMode="url"
              placeholder="https://example.org/millrace"
            />
          </Field>
          <fieldset>
            <legend className="mb-1 text-small font-mid text-ink-2">Tell it when</legend>
            {hookEventChoices.map(({ type, label }) => (
              <Checkbox
                key={type}
                checked={types.includes(type)}
                onCheckedChange={(checked) =>
                  setTypes((before) => (checked ? [...before, type] : before.filter((item) => item !== type)))
                }
                label={label}
                note={type}
              />
            ))}
            {errors.eventTypes !== undefined && (
              <p role="alert" className="text-small text-failed-text">
                {errors.eventTypes}
              </p>
            )}
          </fieldset>
          <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        </form>
      ) : (
        <SecretOnce value={created.secret} />
      )}
    </Dialog>
  )
}
