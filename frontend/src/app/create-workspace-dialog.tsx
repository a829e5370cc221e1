import { NameWorkspace } from '@millrace/shared/api/workspaces'
import { type FormEvent, useState } from 'react'
import { describeError } from '../api/describe-error.ts'
import { useCreateWorkspace } from '../api/workspaces.ts'
import { checkForm } from '../ui/check-form.ts'
import { CreateFooter } from '../ui/create-footer.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { FormError } from '../ui/form-error.tsx'
import { Input } from '../ui/input.tsx'
import { useSwitchWorkspace } from './switch-workspace.ts'

const formId = 'create-workspace'

/** Begins a workspace and goes there. */
export function CreateWorkspaceDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const create = useCreateWorkspace()
  const switchTo = useSwitchWorkspace()
  const [name, setName] = useState('')
  const [error, setError] = useState<string | undefined>(undefined)
  const failure = create.error === null ? null : describeError(create.error)

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (next) return
    create.reset()
    setName('')
    setError(undefined)
  }

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(NameWorkspace, { name })
    setError(checked.errors?.name)
    if (checked.errors !== null || create.isPending) return
    create.mutate(checked.data.name, {
      onSuccess: ({ id }) => {
        handleOpenChange(false)
        switchTo(id)
      },
    })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      title="New workspace"
      description="You become its owner. It begins empty, and nobody else sees it until you invite them."
      footer={
        <CreateFooter formId={formId} busy={create.isPending} onClose={() => handleOpenChange(false)}>
          Create the workspace
        </CreateFooter>
      }
    >
      <form id={formId} noValidate onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Field label="Name" error={error} required>
          <Input
            value={name}
            maxLength={120}
            onChange={(event) => setName(event.target.value)}
            autoFocus
            placeholder="Customer care"
          />
        </Field>
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
      </form>
    </Dialog>
  )
}
