import { pageOf } from '@millrace/shared/api/page'
import { AnswerAccepted, Prompt } from '@millrace/shared/api/prompts'
import { useQuery } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'

const promptPage = pageOf(Prompt)

/** `open`: all that wait; `closed`: the last hundred that were answered. */
export function usePrompts(status: 'open' | 'answered') {
  return useQuery({
    queryKey: queryKeys.promptList(status),
    queryFn: async ({ signal }) =>
      (
        await http.request('GET', '/api/prompts', {
          schema: promptPage,
          query: { status, limit: status === 'open' ? 200 : 100 },
          signal,
        })
      ).items,
  })
}

export function usePrompt(requestId: string | undefined) {
  return useQuery({
    queryKey: queryKeys.prompt(requestId ?? ''),
    queryFn: ({ signal }) =>
      http.request('GET', `/api/prompts/${encodeURIComponent(requestId ?? '')}`, { schema: Prompt, signal }),
    enabled: requestId !== undefined,
  })
}

/** Answers a question over HTTP. Throws ApiError PROMPT_ALREADY_ANSWERED, PROMPT_CLOSED or PROMPT_RESPONSE_INVALID. */
export function answerPrompt(
  requestId: string,
  response: unknown,
  options: { idempotencyKey: string; signal?: AbortSignal },
): Promise<AnswerAccepted> {
  return http.request('POST', `/api/prompts/${encodeURIComponent(requestId)}/response`, {
    schema: AnswerAccepted,
    body: { response },
    ...options,
  })
}
