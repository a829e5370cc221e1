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

/** What this person was told, in all their workspaces, the newest first. */
export function useNotices() {
  return useQuery({
    queryKey: queryKeys.notices,
    queryFn: async ({ signal }) =>
      (await http.request('GET', '/api/notifications', { schema: Notifications, query: { limit: noticesMax }, signal }))
        .items,
    refetchInterval: lookAgainMs,
  })
}

/** Puts a notice that came by itself into what was read. */
export function addNotice(cache: QueryClient, event: Notice): void {
  const isBeingRead = cache.isFetching({ queryKey: queryKeys.notices }) > 0
  const notice = Notification.parse(event)
  cache.setQueryData<Notice[]>(queryKeys.notices, (known) => {
    if (known === undefined || known.some(({ seq }) => seq === notice.seq)) return known
    return [notice, ...known].toSorted((a, b) => b.seq - a.seq).slice(0, noticesMax)
  })
  // What was asked for before may be answered without it.
  if (isBeingRead) refetchNotices(cache)
}

export function refetchNotices(cache: QueryClient): void {
  readAnew(cache, { queryKey: queryKeys.notices })
}
