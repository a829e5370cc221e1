import { pageOf } from '@millrace/shared/api/page'
import { z } from 'zod'
import type { ApiClient } from './api-client.ts'
import { CliError } from './cli-error.ts'

const pageSize = 200
/** Things looked through for a name; whoever has more uses ids. */
const searchedMax = 5000

/** All items of a list, page by page, up to `max`. */
export async function listAll<Item extends z.ZodType>(
  api: ApiClient,
  list: { path: string; item: Item; query?: Record<string, string | undefined>; max: number },
): Promise<z.output<Item>[]> {
  const items: z.output<Item>[] = []
  let cursor: string | undefined
  do {
    const query = { ...list.query, limit: Math.min(pageSize, list.max - items.length), cursor }
    const page: { items: z.output<Item>[]; nextCursor?: string | undefined } = await api.request('GET', list.path, {
      schema: pageOf(list.item),
      query,
    })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined && items.length < list.max)
  return items
}

/**
 * The id of the thing with this id, or else with this name, whatever its case. Throws CliError `notFound`, or
 * AMBIGUOUS_NAME with the ids when several have the name.
 */
export async function findByName(
  api: ApiClient,
  list: { path: string; notFound: string; noun: string },
  wanted: string,
): Promise<{ id: string; name: string }> {
  const all = await listAll(api, {
    path: list.path,
    item: z.object({ id: z.string(), name: z.string() }),
    max: searchedMax,
  })
  const byId = all.find(({ id }) => id === wanted)
  if (byId !== undefined) return byId
  const named = all.filter(({ name }) => name.toLowerCase() === wanted.trim().toLowerCase())
  const [first, second] = named
  if (first === undefined) throw new CliError(list.notFound, `There is no ${list.noun} "${wanted}".`)
  if (second === undefined) return first
  const ids = named.map(({ id }) => id).join(', ')
  throw new CliError('AMBIGUOUS_NAME', `${named.length} of them are called "${wanted}": ${ids}.`)
}

export const workflowList = { path: '/api/workflows', notFound: 'WORKFLOW_NOT_FOUND', noun: 'workflow' }
export const knowledgeBaseList = {
  path: '/api/knowledge-bases',
  notFound: 'KNOWLEDGE_BASE_NOT_FOUND',
  noun: 'knowledge base',
}
