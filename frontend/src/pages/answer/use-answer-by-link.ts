import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { errorCodeText, isApiError } from '../../api/api-error.ts'
import { answerByLink } from '../../api/prompt-links.ts'
import { randomId } from '../../api/random-id.ts'
import { isUnknownFate, isWithoutServer } from '../../api/unknown-fate.ts'
import type { AnswerOfPrompt } from '../../prompts/use-answer.ts'

/** Without any way an answer is tried again this often, in milliseconds, for half an hour. */
const retryMs = 3000
const retriesMax = 600

interface AnswerOnTheWay {
  response: Record<string, unknown>
  name: string
  idempotencyKey: string
}

/**
 * Gives the answer in place of who has an account. The same answer keeps its key until it is refused, so that giving
 * it again counts once.
 * @param onRefused the link has ended meanwhile.
 */
export function useAnswerByLink(
  token: string,
  { name, onRefused }: { name: string; onRefused: () => void },
): AnswerOfPrompt {
  const last = useRef<AnswerOnTheWay | null>(null)
  const answer = useMutation({
    // Whether there is a way is found out by trying, not by what the browser thinks of its network.
    networkMode: 'always',
    mutationFn: (sent: AnswerOnTheWay) => answerByLink(token, sent),
    retry: (count, error) => isApiError(error) && isWithoutServer(error) && count < retriesMax,
    retryDelay: retryMs,
    onError: (error) => {
      if (!isUnknownFate(error)) last.current = null
      if (errorCodeText(error) === 'PROMPT_LINK_NOT_FOUND') onRefused()
    },
  })
  return {
    send(response, { accepted, failed }) {
      const same =
        last.current !== null &&
        JSON.stringify([last.current.response, last.current.name]) === JSON.stringify([response, name])
      if (!same) last.current = { response, name, idempotencyKey: randomId() }
      if (last.current !== null) answer.mutate(last.current, { onSuccess: accepted, onError: failed })
    },
    isPending: answer.isPending,
    isWaiting: answer.isPending && answer.failureCount > 0,
    error: answer.error,
  }
}
