import { Notification, Notifications } from '@millrace/shared/api/notifications'
import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'
import { readAnew } from './read-anew.ts'

export type Notice = z.output<typeof Notification>

/** As many as are shown, the newest. */
export const noticesMax = 100
/** Beside the live ones: one that was told while the socket was being set up comes at the latest with this, in milliseconds. */
const lookAgainMs = 120_000

export interface NoticesRead {
  /** The newest first. */
  items: Notice[]
  /** When the server was asked, epoch milliseconds; what came by itself since then is among the items. */
  askedAt: number
}

/** What this person was told, in all their workspaces, the newest first. */
export function useNotices() {
  return useNoticesRead(itemsOf)
}

/** The same, with when it was asked for. */
export function useDatedNotices() {
  return useNoticesRead(asRead)
}

const itemsOf = ({ items }: NoticesRead) => items
const asRead = (read: NoticesRead) => read

function useNoticesRead<Selected>(select: (read: NoticesRead) => Selected) {
  return useQuery({
    queryKey: queryKeys.notices,
    queryFn: async ({ signal }): Promise<NoticesRead> => {
      const askedAt = Date.now()
      const query = { limit: noticesMax }
      const { items } = await http.request('GET', '/api/notifications', { schema: Notifications, query, signal })
      return { items, askedAt }
    },
    select,
    refetchInterval: lookAgainMs,
  })
}

/** Puts a notice that came by itself into what was read. */
export function addNotice(cache: QueryClient, event: Notice): void {
  const isBeingRead = cache.isFetching({ queryKey: queryKeys.notices }) > 0
  const notice = Notification.parse(event)
  cache.setQueryData<NoticesRead>(queryKeys.notices, (known) => {
    if (known === undefined || known.items.some(({ seq }) => seq === notice.seq)) return known
    const items = [notice, ...known.items].toSorted((a, b) => b.seq - a.seq).slice(0, noticesMax)
    return { ...known, items }
  })
  // What was asked for before may be answered without it.
  if (isBeingRead) refetchNotices(cache)
}

export function refetchNotices(cache: QueryClient): void {
  readAnew(cache, { queryKey: queryKeys.notices })
}
