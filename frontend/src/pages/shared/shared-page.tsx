import type { OpenedShareLink } from '@millrace/shared/api/share-links'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isApiError } from '../../api/api-error.ts'
import { describeError } from '../../api/describe-error.ts'
import { openShareLink } from '../../api/share-links.ts'
import { useLinkToken } from '../../app/use-link-token.ts'
import { LiveProvider } from '../../live/live-provider.tsx'
import { Button } from '../../ui/button.tsx'
import { Door } from '../../ui/door.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { WheelMark } from '../../ui/wheel-mark.tsx'
import { createGuestAccess } from './guest-access.ts'
import { SharedRun } from './shared-run.tsx'

/** `/shared#<token>`: one run, to be watched by whoever holds the link. */
export default function SharedPage() {
  const secret = useLinkToken('shared')
  const opened = useQuery({
    queryKey: ['shared', secret],
    queryFn: () => openShareLink(secret ?? ''),
    enabled: secret !== null,
    // Opened once; from then on the token is renewed by who needs it.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  usePageTitle(opened.data === undefined ? 'Shared run' : `Run of ${opened.data.workflowName}`)
  if (secret === null) return <NotWhole />
  if (opened.error !== null) {
    const isGone = isApiError(opened.error) && opened.error.status === 404
    return isGone ? <Ended /> : <NoAnswer error={opened.error} onRetry={() => void opened.refetch()} />
  }
  if (opened.data === undefined) return <Opening />
  return <Open key={secret} secret={secret} link={opened.data} />
}

function Open({ secret, link }: { secret: string; link: OpenedShareLink }) {
  const [hasEnded, setEnded] = useState(false)
  const [access] = useState(() => createGuestAccess(secret, link, () => setEnded(true)))
  if (hasEnded) return <Ended link={link} />
  return (
    <LiveProvider create={access.createClient}>
      <SharedRun access={access} link={link} />
    </LiveProvider>
  )
}

function Opening() {
  return (
    <div role="status" aria-label="Loading" className="grid h-dvh place-items-center">
      <WheelMark size={40} className="animate-late" />
    </div>
  )
}

function NotWhole() {
  return (
    <Door
      title="The link is not whole"
      intro="What follows the # in it is missing. Copy the whole link from the message, or ask for it again."
    >
      <></>
    </Door>
  )
}

/** With `link`: it was open a moment ago. */
function Ended({ link }: { link?: OpenedShareLink }) {
  return (
    <Door
      title="This link has ended"
      intro={
        link === undefined ? (
          'It was taken back, or its time is over. The run itself is not touched by that. Ask whoever sent the link for a new one.'
        ) : (
          <>
            It was taken back, or its time is over, so <em>{link.workflowName}</em> is not shown here any more. The run
            itself is not touched by that. Ask {link.sharedByName} for a new link.
          </>
        )
      }
    >
      <code className="font-mono text-small text-ink-3">SHARE_LINK_NOT_FOUND</code>
    </Door>
  )
}

function NoAnswer({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { message, code } = describeError(error)
  return (
    <Door title="The run could not be opened" intro={message}>
      <div className="flex items-center justify-between gap-3">
        <Button onClick={onRetry}>Try again</Button>
        <code className="font-mono text-small text-ink-3">{code}</code>
      </div>
    </Door>
  )
}
