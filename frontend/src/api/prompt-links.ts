import { CreatedPromptLink, OpenedPromptLink } from '@millrace/shared/api/prompt-links'
import { AnswerAccepted } from '@millrace/shared/api/prompts'
import { useMutation } from '@tanstack/react-query'
import { http } from './http.ts'

/** Makes links by which somebody without an account answers the question. */
export function useCreatePromptLink(requestId: string) {
  return useMutation({
    mutationFn: (expiresInHours: number) =>
      http.request('POST', `/api/prompts/${encodeURIComponent(requestId)}/links`, {
        schema: CreatedPromptLink,
        body: { expiresInHours },
      }),
  })
}

/** The question that a link is about. Throws ApiError PROMPT_LINK_NOT_FOUND. */
export function openPromptLink(token: string, signal?: AbortSignal): Promise<OpenedPromptLink> {
  return http.request('POST', '/api/prompt-links/open', {
    schema: OpenedPromptLink,
    body: { token },
    authenticated: false,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Throws ApiError as `answerPrompt` does, and PROMPT_LINK_NOT_FOUND. */
export function answerByLink(
  token: string,
  { response, name, idempotencyKey }: { response: unknown; name: string; idempotencyKey: string },
): Promise<AnswerAccepted> {
  return http.request('POST', '/api/prompt-links/answer', {
    schema: AnswerAccepted,
    body: { token, response, ...(name === '' ? {} : { name }) },
    idempotencyKey,
    authenticated: false,
  })
}
