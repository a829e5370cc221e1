import type { Member } from '@millrace/shared/api/workspaces'
import { LogOut, UserMinus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { rolesByRights, roleWords, useMay, useWorkspace } from '../../api/rights.ts'
import { useChangeMember, useMembers, useRemoveMember } from '../../api/workspaces.ts'
import { useSession } from '../../stores/session-store.ts'
import { Button } from '../../ui/button.tsx'
import { SectionCard } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { initialsOf } from '../../ui/initials.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { InvitationList } from './invitation-list.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { RoleSelect } from './role-select.tsx'

/** Who belongs to the workspace and what each may do; owners change it, everybody may leave. */
export function MembersSection() {
  const workspace = useWorkspace()
  const mayManage = useMay('manageMembers')
  const members = useMembers(workspace.id)
  const [isInviting, setInviting] = useState(false)
  const [toRemove, setToRemove] = useState<Member | null>(null)
  return (
    <SectionCard
      title="Members"
      trailing={
        mayManage && (
          <Button size="small" icon={<UserPlus />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )
      }
    >
      <QueryGate query={members} what="the members" describe={describeError} loading={<SkeletonRows count={2} />}>
        {(items) => <MemberList members={items} mayManage={mayManage} onRemove={setToRemove} />}
      </QueryGate>
      {mayManage && <InvitationList workspaceId={workspace.id} />}
      <RoleLegend />
      <InviteDialog open={isInviting} onOpenChange={setInviting} />
      <RemoveDialog member={toRemove} onClose={() => setToRemove(null)} />
    </SectionCard>
  )
}

interface MemberListProps {
  members: readonly Member[]
  mayManage: boolean
  onRemove: (member: Member) => void
}

function MemberList({ members, mayManage, onRemove }: MemberListProps) {
  const userId = useSession((session) => session.user?.id)
  const isOneOwner = members.filter(({ role }) => role === 'owner').length === 1
  return (
    <ul aria-label="Members">
      {members.map((member) => (
        <MemberRow
          key={member.userId}
          member={member}
          isSelf={member.userId === userId}
          isLastOwner={isOneOwner && member.role === 'owner'}
          mayManage={mayManage}
          onRemove={() => onRemove(member)}
        />
      ))}
    </ul>
  )
}

interface MemberRowProps {
  member: Member
  isSelf: boolean
  isLastOwner: boolean
  mayManage: boolean
  onRemove: () => void
}

function MemberRow({ member, isSelf, isLastOwner, mayManage, onRemove }: MemberRowProps) {
  const { id } = useWorkspace()
  const change = useChangeMember(id)
  const { userId, name, email, role, joinedAt } = member
  const removeLabel = isSelf ? 'Leave the workspace' : `Remove ${name}`
  return (
    <li className="flex items-center gap-3 border-b py-2.5" data-member={email}>
      <span className="grid size-8 shrink-0 place-items-center rounded-full border border-line-strong bg-sunk text-micro font-title text-ink-2">
        {initialsOf(name)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-mid">
          {name}
          {isSelf && <span className="font-text text-ink-2"> · you</span>}
        </p>
        <p className="truncate text-small text-ink-2">
          {email}
          <span className="max-sm:hidden">
            {' '}
            · joined <RelativeTime at={joinedAt} />
          </span>
        </p>
        {isLastOwner && mayManage && (
          <p className="text-small text-ink-2">
            The only owner: make somebody else an owner first, then this role can change.
          </p>
        )}
      </div>
      {mayManage ? (
        <RoleSelect
          size="small"
          label={`Role of ${name}`}
          value={change.isPending ? change.variables.role : role}
          disabled={isLastOwner || change.isPending}
          className="max-w-28"
          onValueChange={(next) => {
            if (next === role) return
            change.mutate(
              { userId, role: next },
              { onError: (error) => toast.failed('The role was not changed', refusal(error)) },
            )
          }}
        />
      ) : (
        <span className="text-small text-ink-2">{roleWords[role].name}</span>
      )}
      {mayManage || isSelf ? (
        <IconButton
          label={isLastOwner ? 'The only owner cannot leave' : removeLabel}
          icon={isSelf ? <LogOut /> : <UserMinus />}
          variant="danger"
          disabled={isLastOwner}
          onClick={onRemove}
        />
      ) : (
        <span className="w-8" />
      )}
    </li>
  )
}

function RemoveDialog({ member, onClose }: { member: Member | null; onClose: () => void }) {
  const workspace = useWorkspace()
  const remove = useRemoveMember(workspace.id)
  const userId = useSession((session) => session.user?.id)
  const isSelf = member?.userId === userId
  return (
    <ConfirmDialog
      open={member !== null}
      onOpenChange={(open) => !open && onClose()}
      title={
        isSelf ? (
          <>
            Leave <em>{workspace.name}</em>?
          </>
        ) : (
          <>
            Remove <em>{member?.name}</em>?
          </>
        )
      }
      keepLabel={isSelf ? 'Stay' : 'Keep them'}
      confirmLabel={isSelf ? 'Leave the workspace' : 'Remove the member'}
      onConfirm={() =>
        member !== null &&
        remove.mutate(member.userId, {
          onError: (error) => toast.failed(isSelf ? 'You are still a member' : 'Nobody was removed', refusal(error)),
        })
      }
    >
      {isSelf
        ? 'You see nothing of it any more from this moment on; your API keys and links for it end. What you made stays. To come back you need an invitation.'
        : 'They see nothing of this workspace any more from this moment on; their API keys and links for it end. What they made stays.'}
    </ConfirmDialog>
  )
}

/** Each role in one line. */
function RoleLegend() {
  return (
    <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-control bg-sunk px-3 py-2.5 text-small">
      {rolesByRights.map((role) => (
        <div key={role} className="contents">
          <dt className="font-mid">{roleWords[role].name}</dt>
          <dd className="text-ink-2">May {roleWords[role].may}.</dd>
        </div>
      ))}
    </dl>
  )
}

function refusal(error: unknown): { description: string; code: string } {
  const { message, code } = describeError(error)
  return { description: message, code }
}
