import { apiKeyScopes, CreateApiKey } from '@millrace/shared/api/auth'
import { type FormEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useCreateApiKey } from '../../api/settings.ts'
import { checkForm } from '../../ui/check-form.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { CreateFooter } from '../../ui/create-footer.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'

type Scope = (typeof apiKeyScopes)[number]

const scopeWords: Record<Scope, string> = {
  read: 'See workflows, runs, questions and documents',
  write: 'Create and change workflows and knowledge',
  run: 'Start and stop runs',
  answer: 'Answer questions',
}

const formId = 'create-api-key'

/** Creates a key and shows it this once. */
export function CreateApiKeyDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(apiKeyScopes)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const create = useCreateApiKey()
  const created = create.data
  const failure = create.error === null ? null : describeError(create.error)

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (next) return
    create.reset()
    setName('')
    setScopes(apiKeyScopes)
    setErrors({})
  }

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const found: Record<string, string> = {}
    if (name.trim() === '') found.name = 'Name the program that will use it.'
    if (scopes.length === 0) found.scopes = 'Choose at least one.'
    setErrors(found)
    if (Object.keys(found).length > 0) return
    const checked = checkForm(CreateApiKey, { name, scopes: [...scopes] })
    if (checked.errors === null) create.mutate(checked.data)
    else setErrors(checked.errors)
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      title={created === undefined ? 'New API key' : 'Copy the key now'}
      description={created === undefined ? undefined : 'It is stored as a hash only and cannot be shown again.'}
      footer={
        <CreateFooter
          formId={formId}
          busy={create.isPending}
          isMade={created !== undefined}
          onClose={() => handleOpenChange(false)}
        >
          Create the key
        </CreateFooter>
      }
    >
      {created === undefined ? (
        <form id={formId} noValidate onSubmit={handleSubmit} className="flex flex-col gap-4">
          <Field label="Name" help="The program that will use it." error={errors.name} required>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoFocus
              placeholder="Nightly report"
            />
          </Field>
          <fieldset>
            <legend className="mb-1 text-small font-mid text-ink-2">It may</legend>
            {apiKeyScopes.map((scope) => (
              <Checkbox
                key={scope}
                checked={scopes.includes(scope)}
                onCheckedChange={(checked) =>
                  setScopes((before) => (checked ? [...before, scope] : before.filter((item) => item !== scope)))
                }
                label={scopeWords[scope]}
                note={scope}
              />
            ))}
            {errors.scopes !== undefined && (
              <p role="alert" className="text-small text-failed-text">
                {errors.scopes}
              </p>
            )}
          </fieldset>
          <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        </form>
      ) : (
        <SecretOnce value={created.key} />
      )}
    </Dialog>
  )
}
