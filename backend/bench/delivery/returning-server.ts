import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { EventDraft } from '@millrace/shared/events'
import { EventLog } from '../../src/events/event-log.ts'
import { openTestPglite } from '../../test/support/test-database.ts'
import { answerCalls } from '../support/bench-process.ts'
import { openDelivery } from './our-server.ts'

/** Entry of a process that has just begun, over a log with a past: nothing is in its rings. */
const owner = { workspaceId: 'ws', userId: 'user' }
const test = await openTestPglite()
const log = new EventLog(test.database.pool)
const reads = { head: 0, read: 0 }
const loopDelay = monitorEventLoopDelay({ resolution: 5 })
const { port } = await openDelivery({
  head(topic) {
    reads.head += 1
    return log.head(topic)
  },
  heads(topics) {
    reads.head += 1
    return log.heads(topics)
  },
  read(topic, afterSeq, limit) {
    reads.read += 1
    return log.read(topic, afterSeq, limit)
  },
})

function lines(executionId: string, count: number): EventDraft[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'node:log',
    eventId: `write/node:log/1/${index}`,
    timestamp: Date.now(),
    executionId,
    nodeId: 'write',
    nodePath: 'write',
    iteration: 1,
    level: 'info',
    message: 'a line of some length, as a step writes it while it works',
  }))
}

answerCalls({
  port: () => port,
  async store({ executionIds, eventCount }: { executionIds: string[]; eventCount: number }) {
    for (const id of executionIds) await log.append(owner, lines(id, eventCount))
    loopDelay.enable()
  },
  result: () => ({ ...reads, loopP99: loopDelay.percentile(99) / 1e6, loopMax: loopDelay.max / 1e6 }),
  end: () => test.close(),
})
