/** Models that think before they write take no temperature (OpenAI, API reference, chat completions). */
const reasoningModel = /^(?:o\d|gpt-5)/

type Body = Record<string, unknown>

/**
 * OpenAI itself has replaced `max_tokens`; other servers of the same protocol know only the old name.
 * Returns the change for the server at `baseUrl`.
 */
export function openaiRequestBody(baseUrl: string): (body: Body) => Body {
  if (URL.parse(baseUrl)?.hostname !== 'api.openai.com') return (body) => body
  return ({ max_tokens: maxTokens, ...body }) => {
    const changed: Body = maxTokens === undefined ? body : { ...body, max_completion_tokens: maxTokens }
    if (!reasoningModel.test(String(body.model))) return changed
    const { temperature: _, ...withoutTemperature } = changed
    return withoutTemperature
  }
}
