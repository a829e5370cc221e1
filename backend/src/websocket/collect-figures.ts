import { connectionSums } from './connections/connection-info.ts'
import type { DeliveryFigures } from './delivery-figures.ts'
import type { DeliveryParts } from './delivery-parts.ts'

/** Asks every part what it counts. Looks at each connection once. */
export function collectFigures(parts: DeliveryParts): DeliveryFigures {
  return {
    ...connectionSums(parts.connections),
    ...parts.connections.figures(),
    ...parts.counters.figures(),
    ...parts.faults.figures(),
    longPollCount: parts.longPolls.count,
    topicCount: parts.topics.count,
    ringBytes: parts.topics.bytes,
    snapshotCount: parts.snapshots.count,
    mergedSliceBytes: parts.mergedSlices.bytes,
    pageReadCount: parts.pager.readCount,
    dirtyCount: parts.pump.dirtyCount,
    isHeld: parts.lease.isHeld,
  }
}
