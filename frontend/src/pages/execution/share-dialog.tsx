import type { ShareLink } from '@millrace/shared/api/share-links'
import { linkHours } from '@millrace/shared/api/workspaces'
import { Link2, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { linkAddress } from '../../api/link-address.ts'
import { useCreateShareLink, useRevokeShareLink, useShareLinks } from '../../api/share-links.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { LifetimeSelect } from '../../ui/lifetime-select.tsx'
import { useNow } from '../../ui/now.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { exactTime, untilWords } from '../../ui/time-words.ts'
import { toast } from '../../ui/toast.tsx'

interface ShareDialogProps {
  executionId: string
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Makes links that show this run to people without an account, and takes them back. */
export function ShareDialog({ executionId, open, onOpenChange }: ShareDialogProps) {
  const links = useShareLinks(executionId, open)
  const create = useCreateShareLink(executionId)
  const revoke = useRevokeShareLink(executionId)
  const [hours, setHours] = useState<number>(linkHours.default)
  const [toRevoke, setToRevoke] = useState<ShareLink | null>(null)
  const failure = create.error === null ? null : describeError(create.error)
  const created = create.data
  const isCreatedOpen = created !== undefined && links.data?.some(({ id }) => id === created.id) !== false

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (!next) create.reset()
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      size="medium"
      title="Share this run"
      description="Whoever has a link watches this one run live, without an account: its steps, texts, results and log. They can do nothing to it."
      footer={<Button onClick={() => handleOpenChange(false)}>Done</Button>}
    >
      <div className="flex flex-col gap-4">
        {created === undefined || !isCreatedOpen ? (
          <div className="flex items-end gap-2">
            <Field label="Good for" className="w-40">
              <LifetimeSelect hours={hours} onHoursChange={setHours} />
            </Field>
            <Button variant="primary" icon={<Plus />} busy={create.isPending} onClick={() => create.mutate(hours)}>
              Create a link
            </Button>
          </div>
        ) : (
          <div className="flex flex-col gap-2">
            <SecretOnce value={linkAddress('shared', created.token)} />
            <p className="text-small text-ink-2">
              Copy it now: it is stored as a hash only and cannot be shown again. Good until{' '}
              {exactTime(created.expiresAt)}.
            </p>
          </div>
        )}
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        <section aria-label="Open links">
          <h3 className="text-small font-mid text-ink-2">Open links</h3>
          <QueryGate
            query={links}
            what="the links"
            describe={describeError}
            loading={<Skeleton className="mt-2 h-10 w-full" />}
          >
            {(items) => <LinkList links={items} newId={created?.id ?? null} onRevoke={setToRevoke} />}
          </QueryGate>
        </section>
      </div>
      <ConfirmDialog
        open={toRevoke !== null}
        onOpenChange={(isOpen) => !isOpen && setToRevoke(null)}
        title="Revoke the link?"
        confirmLabel="Revoke the link"
        onConfirm={() =>
          toRevoke !== null &&
          revoke.mutate(toRevoke.id, {
            onSuccess: () => {
              if (toRevoke.id === created?.id) create.reset()
            },
            onError: (error) =>
              toast.failed('The link was not revoked', {
                description: describeError(error).message,
                code: describeError(error).code,
              }),
          })
        }
      >
        It opens nothing any more, and who watches through it now is shown out at once. This cannot be taken back.
      </ConfirmDialog>
    </Dialog>
  )
}

interface LinkListProps {
  links: readonly ShareLink[]
  /** The one that was made just now. */
  newId: string | null
  onRevoke: (link: ShareLink) => void
}

function LinkList({ links, newId, onRevoke }: LinkListProps) {
  const now = useNow(30_000)
  const open = links.filter(({ expiresAt }) => expiresAt > now)
  if (open.length === 0) return <p className="py-2 text-small text-ink-3">Nobody outside sees this run.</p>
  return (
    <ul>
      {open.map((link) => (
        <li key={link.id} className="flex items-center gap-3 border-b py-2 last:border-b-0">
          <Link2 className="size-4 shrink-0 text-ink-3" strokeWidth={1.5} />
          <div className="min-w-0 flex-1">
            <p className="truncate">
              By {link.createdByName}
              <span className="text-small text-ink-2">
                {link.id === newId ? (
                  ' · the link above'
                ) : (
                  <>
                    {' '}
                    · <RelativeTime at={link.createdAt} />
                  </>
                )}
              </span>
            </p>
            <p className="truncate text-small text-ink-2">
              {link.lastOpenedAt === undefined ? (
                'Not opened yet'
              ) : (
                <>
                  Opened <RelativeTime at={link.lastOpenedAt} />
                </>
              )}
            </p>
          </div>
          <span className="shrink-0 text-small text-ink-2" title={exactTime(link.expiresAt)}>
            {untilWords(link.expiresAt, now)}
          </span>
          <IconButton
            label={`Revoke the link by ${link.createdByName}`}
            icon={<Trash2 />}
            variant="danger"
            onClick={() => onRevoke(link)}
          />
        </li>
      ))}
    </ul>
  )
}
