import { z } from 'zod'

const Count = z.int().min(0)

/**
 * What this process delivers, as `GET /api/ws/stats` answers it and the metrics page shows it. Counts that only grow
 * are since the start; the rest is now.
 */
export const DeliveryFigures = z.object({
  connectionCount: Count.describe('Sockets and streams that are open.'),
  openedCount: Count.describe('Sockets and streams that were opened.'),
  refusedCount: Count.describe('Those refused, because a limit was reached or the process was leaving.'),
  closes: z
    .record(z.string(), Count)
    .describe('Sockets and streams that are gone, by close code; 1006: lost, or a stream that was left.'),
  longPollCount: Count.describe('Requests that wait for the next event.'),
  subscriptionCount: Count.describe('Executions and channels they follow.'),
  unsentBytes: Count.describe('Bytes that wait for readers slower than what they read.'),
  unackedBytes: Count.describe('Bytes sent to readers who acknowledge, and have not yet acknowledged them.'),
  topicCount: Count.describe('Topics with a ring in memory.'),
  ringBytes: Count.describe('Memory of all rings.'),
  lagEvents: Count.describe('Events between readers and the heads of their topics, together.'),
  lagEventsMax: Count.describe('The same of the reader that is furthest behind.'),
  deliveredCount: Count.describe('Events written to sockets.'),
  resyncCount: Count.describe('Readers who had to begin anew with the folded state.'),
  mergedEventsCount: Count.describe('Events that readers who were behind were told merged.'),
  mergedFrameCount: Count.describe('Messages that stood for them.'),
  batchCount: Count.describe('Those of them with several streams in one.'),
  mergedSliceBytes: Count.describe('Memory of such messages, kept for others at the same place.'),
  snapshotCount: Count.describe('Folded states kept for the next viewer.'),
  pageReadCount: Count.describe('Pages read from the log below a ring.'),
  dirtyCount: Count.describe('Connections that wait for their turn to be written to.'),
  violationCount: Count.describe('Must be 0: broken promises of delivery.'),
  violations: z
    .object({ order: Count, gap: Count, duplicate: Count, isolation: Count })
    .describe(
      'Must be 0: events that went backwards, were missing or came twice, and writes stopped because the topic is of another workspace.',
    ),
  isHeld: z.boolean().describe('Whether events are held back because rights cannot be read.'),
})
export type DeliveryFigures = z.infer<typeof DeliveryFigures>
