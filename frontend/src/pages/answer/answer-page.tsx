import { useQuery } from '@tanstack/react-query'
import { isApiError } from '../../api/api-error.ts'
import { openPromptLink } from '../../api/prompt-links.ts'
import { LinkNotWhole, LinkOpening, LinkUnopened } from '../../app/link-doors.tsx'
import { useLinkToken } from '../../app/use-link-token.ts'
import { usePageTitle } from '../../ui/page-title.ts'
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
  if (token === null) return <LinkNotWhole />
  if (question === undefined) {
    if (hasEnded(opened.error)) return <LinkEnded />
    return opened.error === null ? (
      <LinkOpening />
    ) : (
      <LinkUnopened
        title="The question could not be opened"
        error={opened.error}
        onRetry={() => void opened.refetch()}
      />
    )
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
