import { useQuery } from '@tanstack/react-query'
import { isApiError } from '../../api/api-error.ts'
import { describeError } from '../../api/describe-error.ts'
import { openPromptLink } from '../../api/prompt-links.ts'
import { useLinkToken } from '../../app/use-link-token.ts'
import { Button } from '../../ui/button.tsx'
import { Door } from '../../ui/door.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { WheelMark } from '../../ui/wheel-mark.tsx'
import { LinkEnded } from './link-ended.tsx'
import { LinkedQuestion } from './linked-question.tsx'

/** How often an open question is looked at again, for an answer of somebody else, in milliseconds. */
const lookAgainMs = 15_000

/** `/answer#<token>`: one question, to be answered by whoever holds the link. */
export default function AnswerPage() {
  const token = useLinkToken('answer')
  const opened = useQuery({
    queryKey: ['prompt-link', token],
    queryFn: ({ signal }) => openPromptLink(token ?? '', signal),
    enabled: token !== null,
    staleTime: lookAgainMs,
    gcTime: 0,
    // What is closed stays closed.
    refetchInterval: ({ state: { data, error } }) =>
      data?.status === 'open' && !hasEnded(error) ? lookAgainMs : false,
  })
  const question = opened.data
  usePageTitle(question?.prompt ?? 'A question')
  if (token === null) return <NotWhole />
  if (question === undefined) {
    if (hasEnded(opened.error)) return <LinkEnded />
    return opened.error === null ? <Opening /> : <NoAnswer error={opened.error} onRetry={() => void opened.refetch()} />
  }
  const isAway = opened.error !== null || opened.fetchStatus === 'paused'
  return (
    <LinkedQuestion
      key={token}
      token={token}
      question={question}
      isAway={isAway}
      hasLinkEnded={hasEnded(opened.error)}
      onRefused={() => void opened.refetch()}
    />
  )
}

function hasEnded(error: unknown): boolean {
  return isApiError(error) && error.status === 404
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

function NoAnswer({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { message, code } = describeError(error)
  return (
    <Door title="The question could not be opened" intro={message}>
      <div className="flex items-center justify-between gap-3">
        <Button onClick={onRetry}>Try again</Button>
        <code className="font-mono text-small text-ink-3">{code}</code>
      </div>
    </Door>
  )
}
