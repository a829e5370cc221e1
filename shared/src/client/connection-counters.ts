/** What the client has seen since it was made; for the debug panel and for tests. */
export interface ConnectionCounters {
  connectCount: number
  framesReceivedCount: number
  eventsDeliveredCount: number
  duplicatesDroppedCount: number
  gapsRepairedCount: number
  resyncCount: number
}

export function newCounters(): ConnectionCounters {
  return {
    connectCount: 0,
    framesReceivedCount: 0,
    eventsDeliveredCount: 0,
    duplicatesDroppedCount: 0,
    gapsRepairedCount: 0,
    resyncCount: 0,
  }
}
