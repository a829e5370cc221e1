import type { AnswerAccepted } from '@millrace/shared/api/prompts'
import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { errorCodeText, errorMessage } from '../api/api-error.ts'
import { queryKeys } from '../api/query-keys.ts'
import { answerQuestion } from '../live/answer-question.ts'
import { useConnectionState, useWebSocket } from '../live/live-context.ts'
import { useSession } from '../stores/session-store.ts'
import { toast } from '../ui/toast.tsx'
import type { Outcome } from './answered-note.tsx'
import type { AnyPrompt } from './any-prompt.ts'
import { dropDraft } from './draft-storage.ts'
import { refusedOutcome } from './outcome.ts'

export interface AnswerOfPrompt {
  send: (
    response: Record<string, unknown>,
    on: { accepted: (answer: AnswerAccepted) => void; failed: (error: unknown) => void },
  ) => void
  /** An answer is on its way, also one that was given before this was drawn. */
  isPending: boolean
  /** It waits for a connection. */
  isWaiting: boolean
  error: unknown
}

/** Gives the answer to a question. It goes on its way also when the page that asked is left; its end is then told by a toast. */
export function useAnswer(prompt: AnyPrompt): AnswerOfPrompt {
  const { requestId } = prompt
  const cache = useQueryClient()
  const client = useWebSocket()
  const userId = useSession((session) => session.user?.id ?? null)
  const { status } = useConnectionState()
  const drop = () => {
    if (userId !== null) dropDraft(userId, requestId)
  }
  const mutationKey = queryKeys.answer(requestId)
  const isHere = useRef(false)
  useEffect(() => {
    isHere.current = true
    return () => {
      isHere.current = false
    }
  }, [])
  const answer = useMutation({
    mutationKey,
    // Whether there is a way is found out by trying, not by what the browser thinks of its network.
    networkMode: 'always',
    mutationFn: (response: Record<string, unknown>) => answerQuestion(client, requestId, response),
    onSuccess: () => {
      drop()
      if (!isHere.current) tellArrived(prompt)
    },
    onError: (error) => {
      const outcome = refusedOutcome(prompt, error, userId)
      if (outcome !== null) drop()
      if (isHere.current) return
      if (outcome?.kind === 'mine') return tellArrived(prompt)
      const title = outcome === null ? 'The answer did not get through' : 'The answer does not count'
      const reason = outcome === null ? errorMessage(error) : lostWords(outcome)
      toast.failed(title, { description: `${prompt.prompt} ${reason}`, code: errorCodeText(error) })
    },
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.prompts }),
  })
  const isPending = useIsMutating({ mutationKey, exact: true }) > 0
  const isConnected = status === 'live' || status === 'catching-up'
  return {
    send: (response, { accepted, failed }) => answer.mutate(response, { onSuccess: accepted, onError: failed }),
    isPending,
    isWaiting: isPending && client !== null && !isConnected,
    error: answer.error,
  }
}

function tellArrived(prompt: AnyPrompt): void {
  toast.done('The answer has arrived', { description: prompt.prompt })
}

function lostWords({ kind, who }: Outcome): string {
  return kind === 'other' ? `${who ?? 'Somebody'} answered first.` : 'The question is closed.'
}
