import type { Role } from '@millrace/shared/api/auth'
import { linkHours } from '@millrace/shared/api/workspaces'
import { type FormEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { linkAddress } from '../../api/link-address.ts'
import { roleWords, useWorkspace } from '../../api/rights.ts'
import { useCreateInvitation } from '../../api/workspaces.ts'
import { CreateFooter } from '../../ui/create-footer.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { LifetimeSelect } from '../../ui/lifetime-select.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'
import { exactTime } from '../../ui/time-words.ts'
import { RoleSelect } from './role-select.tsx'

const formId = 'invite'
const firstRole: Role = 'editor'

/** Makes an invitation link and shows it this once. */
export function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const workspace = useWorkspace()
  const create = useCreateInvitation(workspace.id)
  const [role, setRole] = useState<Role>(firstRole)
  const [hours, setHours] = useState<number>(linkHours.default)
  const created = create.data
  const failure = create.error === null ? null : describeError(create.error)

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (next) return
    create.reset()
    setRole(firstRole)
    setHours(linkHours.default)
  }

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    if (!create.isPending) create.mutate({ role, expiresInHours: hours })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      size="medium"
      title={
        created === undefined ? (
          <>
            Invite to <em>{workspace.name}</em>
          </>
        ) : (
          'Copy the link now'
        )
      }
      description={
        created === undefined
          ? 'You get a link to send. One person can join with it.'
          : 'It is stored as a hash only and cannot be shown again.'
      }
      footer={
        <CreateFooter
          formId={formId}
          busy={create.isPending}
          isMade={created !== undefined}
          onClose={() => handleOpenChange(false)}
        >
          Create the link
        </CreateFooter>
      }
    >
      {created === undefined ? (
        <form id={formId} noValidate onSubmit={handleSubmit} className="flex flex-col gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Role" help={`May ${roleWords[role].may}.`}>
              <RoleSelect value={role} onValueChange={setRole} />
            </Field>
            <Field label="Good for">
              <LifetimeSelect hours={hours} onHoursChange={setHours} />
            </Field>
          </div>
          <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        </form>
      ) : (
        <div className="flex flex-col gap-3">
          <SecretOnce value={linkAddress('join', created.token)} />
          <p className="text-small text-ink-2">
            For one {roleWords[created.role].name.toLowerCase()}, until {exactTime(created.expiresAt)}.
          </p>
        </div>
      )}
    </Dialog>
  )
}
