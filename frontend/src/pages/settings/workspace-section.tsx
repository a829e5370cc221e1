import { NameWorkspace } from '@millrace/shared/api/workspaces'
import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { roleWords, useMay, useWorkspace } from '../../api/rights.ts'
import { useRenameWorkspace } from '../../api/workspaces.ts'
import { CreateWorkspaceDialog } from '../../app/create-workspace-dialog.tsx'
import { Button } from '../../ui/button.tsx'
import { SectionCard } from '../../ui/card.tsx'
import { checkForm } from '../../ui/check-form.ts'
import { CopyId } from '../../ui/copy-id.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'

/** The workspace that the pages show: its name, and what one is in it. */
export function WorkspaceSection() {
  const workspace = useWorkspace()
  const mayRename = useMay('manageMembers')
  const [isCreating, setCreating] = useState(false)
  return (
    <SectionCard
      title="Workspace"
      trailing={
        <Button size="small" icon={<Plus />} onClick={() => setCreating(true)}>
          New workspace
        </Button>
      }
    >
      {mayRename && <RenameForm key={workspace.id} />}
      <FactList
        facts={[
          ...(mayRename ? [] : [['Name', workspace.name] as const]),
          [
            'Your role',
            <span key="role">
              {roleWords[workspace.role].name}
              <span className="text-ink-2"> · may {roleWords[workspace.role].may}</span>
            </span>,
          ],
          ['Id for the API', <CopyId key="id" value={workspace.id} label={workspace.id} />],
        ]}
      />
      <CreateWorkspaceDialog open={isCreating} onOpenChange={setCreating} />
    </SectionCard>
  )
}

function RenameForm() {
  const { id, name } = useWorkspace()
  const rename = useRenameWorkspace(id)
  const [typed, setTyped] = useState<string | null>(null)
  const [error, setError] = useState<string | undefined>(undefined)
  const isChanged = typed !== null && typed.trim() !== name

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(NameWorkspace, { name: typed ?? name })
    setError(checked.errors?.name)
    if (checked.errors !== null || !isChanged) return
    rename.mutate(checked.data.name, {
      onSuccess: () => setTyped(null),
      onError: (failure) => setError(describeError(failure).message),
    })
  }

  return (
    <form noValidate onSubmit={handleSubmit} className="flex items-end gap-2 border-b pb-3">
      <Field label="Name" error={error} className="max-w-96 flex-1">
        <Input value={typed ?? name} maxLength={120} onChange={(event) => setTyped(event.target.value)} />
      </Field>
      {/* Its room is kept, so that typing moves nothing. */}
      <Button
        type="submit"
        busy={rename.isPending}
        disabled={!isChanged}
        className={isChanged || rename.isPending ? '' : 'invisible'}
      >
        Rename
      </Button>
    </form>
  )
}
