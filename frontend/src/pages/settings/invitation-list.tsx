import type { Invitation } from '@millrace/shared/api/workspaces'
import { Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { roleWords } from '../../api/rights.ts'
import { useInvitations, useRevokeInvitation } from '../../api/workspaces.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { useNow } from '../../ui/now.ts'
import { exactTime, untilWords } from '../../ui/time-words.ts'
import { toast } from '../../ui/toast.tsx'

/** Links that still open the workspace. Nothing is shown while there are none. */
export function InvitationList({ workspaceId }: { workspaceId: string }) {
  const invitations = useInvitations(workspaceId, true)
  const revoke = useRevokeInvitation(workspaceId)
  const [toRevoke, setToRevoke] = useState<Invitation | null>(null)
  const now = useNow(30_000)
  const open = (invitations.data ?? []).filter(({ expiresAt }) => expiresAt > now)
  return (
    <>
      {invitations.error !== null && (
        <p role="alert" className="mt-4 text-small text-failed-text">
          The open invitations could not be read. {describeError(invitations.error).message}{' '}
          <code className="font-mono text-micro">{describeError(invitations.error).code}</code>
        </p>
      )}
      {open.length > 0 && (
        <section aria-label="Open invitations" className="mt-4">
          <h3 className="text-small font-mid text-ink-2">Open invitations</h3>
          <ul>
            {open.map((invitation) => (
              <li key={invitation.id} className="flex items-center gap-3 border-b py-2">
                <Link2 className="ml-2 size-4 shrink-0 text-ink-3" strokeWidth={1.5} />
                <p className="min-w-0 flex-1 truncate">
                  For one {roleWords[invitation.role].name.toLowerCase()}
                  <span className="text-small text-ink-2"> · by {invitation.createdByName}</span>
                </p>
                <span className="shrink-0 text-small text-ink-2" title={exactTime(invitation.expiresAt)}>
                  {untilWords(invitation.expiresAt, now)}
                </span>
                <IconButton
                  label={`Revoke the invitation for one ${roleWords[invitation.role].name.toLowerCase()}`}
                  icon={<Trash2 />}
                  variant="danger"
                  onClick={() => setToRevoke(invitation)}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      <ConfirmDialog
        open={toRevoke !== null}
        onOpenChange={(isOpen) => !isOpen && setToRevoke(null)}
        title="Revoke the invitation?"
        confirmLabel="Revoke the invitation"
        onConfirm={() =>
          toRevoke !== null &&
          revoke.mutate(toRevoke.id, {
            onError: (error) =>
              toast.failed('The invitation was not revoked', {
                description: describeError(error).message,
                code: describeError(error).code,
              }),
          })
        }
      >
        Its link opens nothing any more. Whoever joined with it before stays a member.
      </ConfirmDialog>
    </>
  )
}
