import type { InvitationPreview } from '@millrace/shared/api/workspaces'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, Navigate } from 'react-router'
import { isApiError } from '../../api/api-error.ts'
import { describeError } from '../../api/describe-error.ts'
import { queryKeys } from '../../api/query-keys.ts'
import { roleWords } from '../../api/rights.ts'
import { acceptInvitation, useInvitationPreview } from '../../api/workspaces.ts'
import { forgetLinkToken } from '../../app/link-token.ts'
import { useLinkToken } from '../../app/use-link-token.ts'
import { useSession } from '../../stores/session-store.ts'
import { useChosenWorkspace } from '../../stores/workspace-store.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Door } from '../../ui/door.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { untilWords } from '../../ui/time-words.ts'
import { AccountForm } from './account-form.tsx'

/** `/join#<token>`: an invitation, for who has an account and for who makes one now. */
export default function JoinPage() {
  usePageTitle('Join')
  const token = useLinkToken('join')
  const preview = useInvitationPreview(token)
  const isSignedIn = useSession((session) => session.phase === 'signed-in')
  const [hasJoined, setJoined] = useState(false)
  const handleJoined = () => {
    forgetLinkToken('join')
    setJoined(true)
  }
  if (hasJoined) return <Navigate to="/workflows" replace />
  if (token === null) return <Useless code={null} />
  if (preview.error !== null) {
    if (isApiError(preview.error) && preview.error.status === 404) return <Useless code={preview.error.code} />
    return <NoAnswer error={preview.error} onRetry={() => void preview.refetch()} />
  }
  if (preview.data === undefined) {
    return (
      <Door title="An invitation" intro={<Skeleton className="h-4 w-64" />}>
        <Skeleton className="h-10 w-full" />
      </Door>
    )
  }
  return (
    <Door title={`Join ${preview.data.workspaceName}`} intro={<Intro preview={preview.data} />}>
      {isSignedIn ? (
        <JoinAsSelf token={token} onJoined={handleJoined} />
      ) : (
        <AccountForm token={token} onJoined={handleJoined} />
      )}
    </Door>
  )
}

function Intro({ preview }: { preview: InvitationPreview }) {
  const { createdByName, workspaceName, role, expiresAt } = preview
  const [openedAt] = useState(() => Date.now())
  return (
    <>
      {createdByName} invites you to the workspace <em>{workspaceName}</em>. As {role === 'viewer' ? 'a' : 'an'}{' '}
      <strong className="font-mid text-ink">{roleWords[role].name.toLowerCase()}</strong> you may {roleWords[role].may}.
      The invitation is good {untilWords(expiresAt, openedAt)}.
    </>
  )
}

function JoinAsSelf({ token, onJoined }: { token: string; onJoined: () => void }) {
  const user = useSession((session) => session.user)
  const signOut = useSession((session) => session.signOut)
  const choose = useChosenWorkspace((state) => state.choose)
  const cache = useQueryClient()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ message: string; code: string } | null>(null)

  async function join() {
    setBusy(true)
    setFailure(null)
    try {
      const { workspaceId } = await acceptInvitation(token)
      choose(workspaceId)
      await cache.refetchQueries({ queryKey: queryKeys.me })
      cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.me[0] })
      onJoined()
    } catch (error) {
      setFailure(describeError(error))
      setBusy(false)
    }
  }

  return (
    <div className="flex flex-col gap-4">
      <p>
        You are signed in as <span className="font-mid">{user?.name}</span>{' '}
        <span className="text-ink-2">({user?.email})</span>.
      </p>
      <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
      <Button variant="primary" size="large" busy={isBusy} onClick={() => void join()}>
        Join the workspace
      </Button>
      <Button variant="quiet" onClick={() => void signOut()}>
        Join as somebody else
      </Button>
    </div>
  )
}

/** `code` null: there was no token at all. */
function Useless({ code }: { code: string | null }) {
  const isSignedIn = useSession((session) => session.phase === 'signed-in')
  return (
    <Door
      title={code === null ? 'The link is not whole' : 'This invitation opens nothing any more'}
      intro={
        code === null
          ? 'What follows the # in it is missing. Copy the whole link from the message, or ask for it again.'
          : 'It was used already, was taken back, or its time is over. Ask whoever sent it for a new one.'
      }
    >
      <div className="flex items-center justify-between gap-3">
        <Link to={isSignedIn ? '/workflows' : '/sign-in'} className={buttonClass('plain')}>
          {isSignedIn ? 'To the workflows' : 'Sign in'}
        </Link>
        {code !== null && <code className="font-mono text-small text-ink-3">{code}</code>}
      </div>
    </Door>
  )
}

function NoAnswer({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { message, code } = describeError(error)
  return (
    <Door title="The invitation could not be read" intro={message}>
      <div className="flex items-center justify-between gap-3">
        <Button onClick={onRetry}>Try again</Button>
        <code className="font-mono text-small text-ink-3">{code}</code>
      </div>
    </Door>
  )
}
