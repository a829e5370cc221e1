import type { Credential } from '@millrace/shared/api/credentials'
import { Plug, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useMay } from '../../api/rights.ts'
import { useCredentials, useDeleteCredential } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { SectionCard } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { QueryGate } from '../../ui/query-gate.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { CreateCredentialDialog } from './create-credential-dialog.tsx'
import { providerWords } from './provider-words.ts'

export function CredentialsSection() {
  const credentials = useCredentials()
  const remove = useDeleteCredential()
  const [isCreating, setCreating] = useState(false)
  const mayManage = useMay('manageCredentials')
  const [toDelete, setToDelete] = useState<Credential | null>(null)
  return (
    <SectionCard
      title="Model credentials"
      trailing={
        mayManage && (
          <Button size="small" icon={<Plus />} onClick={() => setCreating(true)}>
            Add a credential
          </Button>
        )
      }
    >
      <p className="mb-2 text-ink-2">
        Keys of model providers. They are stored encrypted and never shown again; the demo model needs none.
      </p>
      <QueryGate
        query={credentials}
        what="the credentials"
        describe={describeError}
        loading={<Skeleton className="h-10 w-full" />}
      >
        {(items) =>
          items.length === 0 ? (
            <p className="py-2 text-small text-ink-3">No provider is connected yet.</p>
          ) : (
            <ul>
              {items.map((credential) => (
                <li key={credential.id} className="flex items-center gap-3 border-t py-2.5">
                  <Plug className="size-4 shrink-0 text-ink-3" strokeWidth={1.5} />
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-mid">{credential.name}</p>
                    <p className="truncate text-small text-ink-2">
                      {[providerWords[credential.provider], ...Object.values(credential.hint)].join(' · ')}
                    </p>
                  </div>
                  {mayManage && (
                    <IconButton
                      label={`Delete ${credential.name}`}
                      icon={<Trash2 />}
                      variant="danger"
                      onClick={() => setToDelete(credential)}
                    />
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </QueryGate>
      <CreateCredentialDialog open={isCreating} onOpenChange={setCreating} />
      <ConfirmDialog
        open={toDelete !== null}
        onOpenChange={(open) => !open && setToDelete(null)}
        title={
          <>
            Delete <em>{toDelete?.name}</em>?
          </>
        }
        confirmLabel="Delete the credential"
        onConfirm={() =>
          toDelete !== null &&
          remove.mutate(toDelete.id, {
            onError: (error) =>
              toast.failed('The credential was not deleted', { description: describeError(error).message }),
          })
        }
      >
        Steps that use it fail from now on until another credential is chosen for them.
      </ConfirmDialog>
    </SectionCard>
  )
}
