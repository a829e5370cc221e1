import { type Anomaly, type AnomalyName, describeAnomaly } from './anomaly.ts'
import { checkLog } from './check-log.ts'
import { checkTold } from './check-told.ts'
import { type ChannelView, WireCheck } from './check-wire.ts'
import type { Entry, Journal } from './journal.ts'
import { KnownTopic, type WrittenTopic } from './known-log.ts'

/** Kept of each kind, so that a systematic fault does not fill the memory. */
const keptPerNameMax = 50
const sightsShownMax = 6

export interface Delivery {
  /** The whole log; several epochs of a topic in their order. */
  written: readonly WrittenTopic[]
  /** What producers were told is stored. */
  acknowledged?: readonly { topic: string; eventId: string }[]
  sessions: readonly Journal[]
  channels?: Readonly<Record<string, ChannelView>>
  /** Executions that must be over. */
  mustEnd?: readonly string[]
  /** Which session must have which topics, up to which number, and by when (epoch milliseconds). */
  due?: readonly { session: string; key: string; seq: number; by: number }[]
}

export interface Verdict {
  anomalies: Anomaly[]
  counts: Partial<Record<AnomalyName, number>>
  /** One line per kept anomaly. */
  lines: string[]
}

/** Compares what clients saw with what was written and names every broken promise. Pure; empty: none was broken. */
export function checkDelivery(delivery: Delivery): Verdict {
  const anomalies: Anomaly[] = []
  const counts: Verdict['counts'] = {}
  const report = (name: AnomalyName, where: string, detail: string) => {
    counts[name] = (counts[name] ?? 0) + 1
    if ((counts[name] ?? 0) <= keptPerNameMax) anomalies.push({ name, where, detail })
  }
  const epochs = new Map<string, KnownTopic[]>()
  for (const written of delivery.written) {
    epochs.set(written.topic, [...(epochs.get(written.topic) ?? []), new KnownTopic(written)])
  }
  const epochsOf = (topic: string) => epochs.get(topic) ?? []
  const topicOf = (topic: string, epoch: string | null) =>
    epochsOf(topic).find((known) => known.epoch === epoch) ?? epochsOf(topic).at(-1) ?? null
  const mustEnd = new Set(delivery.mustEnd)
  for (const known of epochs.values()) for (const epoch of known.slice(-1)) checkLog(epoch, { mustEnd, report })
  for (const { topic, eventId } of delivery.acknowledged ?? []) {
    const isStored = epochsOf(topic).some(({ events }) => events.some((event) => event.eventId === eventId))
    if (!isStored) report('lost write', topic, eventId)
  }
  for (const session of delivery.sessions) {
    const mayRead = new Set(session.workspaceIds)
    new WireCheck(session, { topicOf, channels: delivery.channels ?? {}, report }).run()
    checkTold(session, { epochsOf, report })
    for (const topic of topicsSeen(session)) {
      const known = topicOf(topic, null)
      if (known !== null && !mayRead.has(known.workspaceId)) report('leak', session.name, topic)
    }
  }
  for (const due of delivery.due ?? []) checkDue(due, delivery.sessions, report)
  return { anomalies, counts, lines: anomalies.map(describeAnomaly) }
}

type Due = NonNullable<Delivery['due']>[number]

function checkDue(
  { session, key, seq, by }: Due,
  sessions: readonly Journal[],
  report: (name: AnomalyName, where: string, detail: string) => void,
): void {
  const entries = sessions.find(({ name }) => name === session)?.entries ?? []
  const arrived = entries.find((entry) => placeOf(entry, key) >= seq)
  if (arrived === undefined)
    report('not live', session, `${key} never came to ${seq}; last: ${lastSights(entries, key)}`)
  else if (arrived.at > by) report('not live', session, `${key} came to ${seq} only ${arrived.at - by} ms late`)
}

/** The end of what a session saw of a subscription, for whoever looks for the cause. */
function lastSights(entries: readonly Entry[], key: string): string {
  const own = entries.filter(
    (entry) => ('key' in entry && entry.key === key) || (entry.kind === 'event' && entry.topic === key),
  )
  return own
    .slice(-sightsShownMax)
    .map(
      (entry) =>
        `${entry.kind} ${'seq' in entry ? entry.seq : 'code' in entry ? entry.code : placeOf(entry, key)} at ${entry.at}`,
    )
    .join(', ')
}

function placeOf(entry: Entry, key: string): number {
  if (entry.kind === 'event') return entry.topic === key ? entry.event.seq : 0
  if (entry.kind === 'batch') return entry.key === key ? entry.to : 0
  const isPlace = entry.kind === 'snapshot' || entry.kind === 'caughtUp' || entry.kind === 'ended'
  return isPlace && entry.key === key ? entry.seq : 0
}

/** What a session did itself, or was refused. */
const ownKinds: ReadonlySet<Entry['kind']> = new Set(['asked', 'refused', 'left', 'forgot'])

function topicsSeen(session: Journal): Set<string> {
  const topics = new Set<string>()
  for (const entry of session.entries) {
    if (entry.kind === 'event') topics.add(entry.topic)
    else if ('key' in entry && entry.key.startsWith('execution:') && !ownKinds.has(entry.kind)) topics.add(entry.key)
  }
  return topics
}
