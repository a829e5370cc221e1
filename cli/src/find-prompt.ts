import { pageOf } from '@millrace/shared/api/page'
import { Prompt } from '@millrace/shared/api/prompts'
import type { ApiClient } from './api-client.ts'
import { CliError } from './cli-error.ts'

/** Open questions of one run that are looked at; a run rarely has more than one. */
const openMax = 50

/**
 * The question with this id, or the only open one of the run with this id. Throws CliError PROMPT_NOT_FOUND, or
 * AMBIGUOUS_NAME when the run asks several.
 */
export async function findPrompt(api: ApiClient, id: string): Promise<Prompt> {
  try {
    return await api.request('GET', `/api/prompts/${encodeURIComponent(id)}`, { schema: Prompt })
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'PROMPT_NOT_FOUND') throw error
  }
  const { items } = await api.request('GET', '/api/prompts', {
    schema: pageOf(Prompt),
    query: { status: 'open', executionId: id, limit: openMax },
  })
  const [first, second] = items
  if (first === undefined) throw new CliError('PROMPT_NOT_FOUND', `"${id}" is no question and no run that asks one.`)
  if (second === undefined) return first
  const ids = items.map(({ requestId }) => requestId).join(', ')
  throw new CliError('AMBIGUOUS_NAME', `The run asks ${items.length} questions: ${ids}.`)
}
