import type { ApiKey } from '@millrace/shared/api/auth'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { basePath } from '../../api/base-path.ts'
import { describeError } from '../../api/describe-error.ts'
import { useApiKeys, useDeleteApiKey } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { SectionCard } from '../../ui/card.tsx'
import { CodeChip } from '../../ui/chip.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { QueryGate } from '../../ui/query-gate.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { CreateApiKeyDialog } from './create-api-key-dialog.tsx'

export function ApiKeysSection() {
  const keys = useApiKeys()
  const remove = useDeleteApiKey()
  const [isCreating, setCreating] = useState(false)
  const [toDelete, setToDelete] = useState<ApiKey | null>(null)
  return (
    <SectionCard
      title="API keys"
      trailing={
        <Button size="small" icon={<Plus />} onClick={() => setCreating(true)}>
          New key
        </Button>
      }
    >
      <p className="mb-2 text-ink-2">
        For scripts and other programs: sent as <CodeChip>X-API-Key</CodeChip>. Described at{' '}
        <a
          href={`${basePath}/api/docs`}
          target="_blank"
          rel="noreferrer"
          className="text-current-text underline underline-offset-2"
        >
          /api/docs
        </a>
        .
      </p>
      <QueryGate
        query={keys}
        what="the API keys"
        describe={describeError}
        loading={<Skeleton className="h-10 w-full" />}
      >
        {(items) =>
          items.length === 0 ? (
            <p className="py-2 text-small text-ink-3">There is no key yet.</p>
          ) : (
            <ul>
              {items.map((key) => (
                <li key={key.id} className="flex items-center gap-3 border-t py-2.5">
                  <KeyRound className="size-4 shrink-0 text-ink-3" strokeWidth={1.5} />
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-mid">{key.name}</p>
                    <p className="truncate text-small text-ink-2">
                      <span className="font-mono">{key.prefix}…</span> · {key.scopes.join(', ')} ·{' '}
                      {key.lastUsedAt === undefined ? (
                        'never used'
                      ) : (
                        <>
                          used <RelativeTime at={key.lastUsedAt} />
                        </>
                      )}
                    </p>
                  </div>
                  <IconButton
                    label={`Revoke ${key.name}`}
                    icon={<Trash2 />}
                    variant="danger"
                    onClick={() => setToDelete(key)}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </QueryGate>
      <CreateApiKeyDialog open={isCreating} onOpenChange={setCreating} />
      <ConfirmDialog
        open={toDelete !== null}
        onOpenChange={(open) => !open && setToDelete(null)}
        title={
          <>
            Revoke <em>{toDelete?.name}</em>?
          </>
        }
        confirmLabel="Revoke the key"
        onConfirm={() =>
          toDelete !== null &&
          remove.mutate(toDelete.id, {
            onError: (error) => toast.failed('The key was not revoked', { description: describeError(error).message }),
          })
        }
      >
        Programs that use it are refused at once, and open connections with it end. This cannot be taken back.
      </ConfirmDialog>
    </SectionCard>
  )
}
