import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'

const Count = z.int().min(0)

/** What this process delivers right now. */
const LiveStats = z.object({
  connectionCount: Count.describe('Sockets and streams that are open.'),
  longPollCount: Count.describe('Requests that wait for the next event.'),
  subscriptionCount: Count.describe('Executions and channels they follow.'),
  unsentBytes: Count.describe('Held for readers that are slower than what they read.'),
  topicCount: Count.describe('Topics with a ring in memory.'),
  ringBytes: Count.describe('Memory of all rings.'),
  lagEvents: Count.describe('Events between readers and the heads of their topics, together.'),
  lagEventsMax: Count.describe('The same of the reader that is furthest behind.'),
  deliveredCount: Count.describe('Events written to sockets, since the start.'),
  resyncCount: Count.describe('Readers who had to begin anew with the folded state, since the start.'),
  snapshotCount: Count.describe('Folded states kept for the next viewer.'),
  pageReadCount: Count.describe('Pages read from the log below a ring, since the start.'),
  dirtyCount: Count.describe('Connections that wait for their turn.'),
  violationCount: Count.describe('Must be 0: writes that were stopped because the topic belongs to another workspace.'),
})

export function registerLiveStatsRoute(app: ApiInstance, manager: Pick<WebSocketManager, 'stats'>): void {
  app.get(
    '/api/ws/stats',
    { config: { access: 'seeDelivery' }, schema: { tags: ['delivery'], response: { 200: LiveStats } } },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return manager.stats()
    },
  )
}
