import type { OpenedShareLink } from '@millrace/shared/api/share-links'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isApiError } from '../../api/api-error.ts'
import { openShareLink } from '../../api/share-links.ts'
import { LinkNotWhole, LinkOpening, LinkUnopened } from '../../app/link-doors.tsx'
import { useLinkToken } from '../../app/use-link-token.ts'
import { LiveProvider } from '../../live/live-provider.tsx'
import { Door } from '../../ui/door.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
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
  if (secret === null) return <LinkNotWhole />
  if (opened.error !== null) {
    const isGone = isApiError(opened.error) && opened.error.status === 404
    return isGone ? (
      <Ended />
    ) : (
      <LinkUnopened title="The run could not be opened" error={opened.error} onRetry={() => void opened.refetch()} />
    )
  }
  if (opened.data === undefined) return <LinkOpening />
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
