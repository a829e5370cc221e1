import { isTerminalEvent, type WorkflowEvent } from '@millrace/shared/events'
import type { AnomalyName } from './anomaly.ts'
import type { Entry, Journal } from './journal.ts'
import type { KnownTopic } from './known-log.ts'
import { differenceOf } from './merged-event.ts'

/** Where one subscription of one connection stands, as its frames told. */
interface Reading {
  key: string
  /** Null: not told since the topic began anew. */
  epoch: string | null
  /** Null: a snapshot is due, or the place in a channel is not known yet. */
  last: number | null
  /** It began with a cursor, so a snapshot needs a resync before it. */
  isContinued: boolean
  /** The cursor could not be continued, so a resync must come before anything else. */
  owesResync: boolean
  hasEnded: boolean
}

export interface ChannelView {
  topic: string
  /** What of the topic the channel shows. */
  accepts: (event: WorkflowEvent) => boolean
}

export interface WireContext {
  /** Null: no such topic was ever written. Epoch null: the newest. */
  topicOf: (topic: string, epoch: string | null) => KnownTopic | null
  /** By name. The journal leaves the name of its channel out of an event: a session whose wire is judged follows one channel of a topic. */
  channels: Readonly<Record<string, ChannelView>>
  report: (name: AnomalyName, where: string, detail: string) => void
}

type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>
type Delivered = EntryOf<'snapshot' | 'resync' | 'event' | 'batch' | 'caughtUp' | 'ended'>

interface Stretch {
  /** The number before the first that is covered. */
  from: number
  to: number
  events: readonly WorkflowEvent[]
}

/** Judges every frame of a session, connection by connection: what the server promised and what it sent. */
export class WireCheck {
  readonly #journal: Journal
  readonly #context: WireContext
  readonly #readings = new Map<string, Reading>()
  readonly #asked = new Map<string, EntryOf<'asked'>>()
  #endedAuthority: 'expiry' | 'revocation' | null = null

  constructor(journal: Journal, context: WireContext) {
    this.#journal = journal
    this.#context = context
  }

  run(): void {
    for (const entry of this.#journal.entries) this.#judge(entry)
  }

  #judge(entry: Entry): void {
    switch (entry.kind) {
      case 'opened':
        // What was asked stays: a client may ask before the greeting is written down, and never uses an id twice.
        this.#readings.clear()
        return
      case 'authority ends':
        this.#endedAuthority = entry.by
        return
      case 'authority begins':
        this.#endedAuthority = null
        return
      case 'canary':
        this.#report('leak', `${entry.canary} in ${entry.frame}`)
        return
      case 'asked':
        this.#asked.set(`${entry.key} ${String(entry.id)}`, entry)
        return
      case 'refused':
        // One without an id tells that a right to it has ended.
        if (this.#asked.delete(`${entry.key} ${String(entry.id)}`) || entry.id === undefined)
          this.#readings.delete(entry.key)
        return
      case 'left':
        this.#readings.delete(entry.key)
        return
      case 'subscribed':
        this.#begin(entry)
        return
      case 'told':
      case 'forgot':
        return
      default:
        this.#read(entry)
    }
  }

  #begin({ key, id, seq, epoch }: EntryOf<'subscribed'>): void {
    const asked = this.#asked.get(`${key} ${String(id)}`)
    const since = asked?.since ?? null
    const owesResync = since !== null && (since > seq || (asked?.epoch ?? epoch) !== epoch)
    // A channel without a cursor goes on at the head that it was told.
    const last = since ?? (key.startsWith('channel:') ? seq : null)
    const reading = { key, epoch, last, isContinued: since !== null, owesResync, hasEnded: false }
    this.#readings.set(key, reading)
  }

  #read(entry: Delivered): void {
    if (this.#endedAuthority !== null)
      this.#report(`after ${this.#endedAuthority}`, JSON.stringify(entry).slice(0, 120))
    const reading = this.#readings.get(this.#keyOf(entry))
    if (reading === undefined) {
      // Personal notices come without asking.
      if (entry.kind !== 'event' || !entry.topic.startsWith('user:'))
        this.#report('unasked', JSON.stringify(entry).slice(0, 120))
      return
    }
    if (entry.kind === 'resync') {
      Object.assign(reading, { owesResync: false, isContinued: false, last: null, epoch: null })
      return
    }
    if (reading.owesResync) this.#report('silent reset', `${reading.key}: ${entry.kind} without a resync`)
    reading.owesResync = false
    if (reading.hasEnded) this.#report('after terminal', `${reading.key}: ${entry.kind} after ended`)
    const known = this.#topicOf(reading.key, entry.kind === 'snapshot' ? entry.epoch : reading.epoch)
    if (known === null) {
      if (entry.kind === 'event' || entry.kind === 'batch') this.#report('phantom', `${reading.key}: no such topic`)
      return
    }
    this.#readKnown(reading, entry, known)
  }

  #readKnown(reading: Reading, entry: Exclude<Delivered, { kind: 'resync' }>, known: KnownTopic): void {
    switch (entry.kind) {
      case 'snapshot':
        return this.#readSnapshot(reading, entry, known)
      case 'event': {
        const { seq, count = 1 } = entry.event
        return this.#readEvents(reading, { from: seq - count, to: seq, events: [entry.event] }, known)
      }
      case 'batch':
        return this.#readEvents(reading, { from: entry.from - 1, to: entry.to, events: entry.events }, known)
      default:
        return this.#readPosition(reading, entry, known)
    }
  }

  #readSnapshot(reading: Reading, entry: EntryOf<'snapshot'>, known: KnownTopic): void {
    const where = `${reading.key}: a snapshot at ${entry.seq}`
    if (reading.isContinued) this.#report('silent reset', `${where} although ${reading.last} could be continued`)
    if (entry.seq > known.head) this.#report('phantom', `${where} beyond ${known.head}`)
    else if (reading.key.startsWith('execution:') && entry.state !== known.fold(entry.seq))
      this.#report('fold mismatch', where)
    reading.last = entry.seq
    reading.epoch = entry.epoch
  }

  #readPosition(reading: Reading, entry: EntryOf<'caughtUp' | 'ended'>, known: KnownTopic): void {
    const { last } = reading
    const where = `${reading.key}: ${entry.kind} ${entry.seq} after ${last}`
    if (last !== null && entry.seq < last) this.#report('reordered', where)
    else if (last !== null && this.#missed(reading, entry.seq, known) !== null) this.#report('gap', where)
    reading.last = entry.seq
    if (entry.kind !== 'ended') return
    reading.hasEnded = true
    const end = known.at(entry.seq)
    if (end === undefined || !isTerminalEvent(end)) this.#report('early end', `${where}, which is ${end?.type}`)
  }

  #readEvents(reading: Reading, stretch: Stretch, known: KnownTopic): void {
    const { key, last } = reading
    const { from, to, events } = stretch
    const where = `${key}: ${from + 1} to ${to} after ${last}`
    if (last === null) {
      if (key.startsWith('execution:')) this.#report('gap', `${where}, without a snapshot`)
    } else if (to < last) this.#report('reordered', where)
    else if (from < last) this.#report('duplicate', where)
    else if (this.#missed(reading, from, known) !== null) this.#report('gap', where)
    for (const event of events) {
      const difference = differenceOf(known, event)
      if (difference !== null) this.#report(difference, `${where}, ${event.type} at ${event.seq}`)
    }
    if (events.length !== 1 || events[0]?.count !== undefined) this.#checkCover(key, stretch, { known, where })
    const end = key.startsWith('execution:') ? known.endSeq : null
    if (end !== null && to > end) this.#report('after terminal', `${where}, ended at ${end}`)
    reading.last = Math.max(last ?? 0, to)
  }

  /** Merged events stand for every event of their stretch that the subscription shows, each once. */
  #checkCover(
    key: string,
    { from, to, events }: Stretch,
    { known, where }: { known: KnownTopic; where: string },
  ): void {
    const covered = new Set<number>()
    for (const { seq } of events.flatMap((event) => known.parts(event) ?? [])) {
      if (covered.has(seq)) this.#report('duplicate', `${where}: ${seq} twice`)
      if (seq <= from || seq > to) this.#report('bad merge', `${where}: ${seq} is outside`)
      covered.add(seq)
    }
    const channel = this.#channelOf(key)
    const lost = known.events.slice(from, to).filter(({ seq }) => !covered.has(seq))
    const due = channel === undefined ? lost : lost.filter((event) => channel.accepts(event))
    if (due.length === 0) return
    const told = events.map(({ type, seq, count = 1 }) => `${type} ${seq} (${count})`).join(', ')
    this.#report('gap', `${where}: told ${told}, lost ${due.map(({ type, seq }) => `${type} ${seq}`).join(', ')}`)
  }

  /** The first number after `last` up to `to` that should have been seen and was not. */
  #missed(reading: Reading, to: number, known: KnownTopic): number | null {
    const channel = this.#channelOf(reading.key)
    for (let seq = (reading.last ?? to) + 1; seq <= to; seq += 1) {
      const event = known.at(seq)
      if (channel === undefined || (event !== undefined && channel.accepts(event))) return seq
    }
    return null
  }

  #keyOf(entry: Delivered): string {
    if (entry.kind !== 'event') return entry.key
    const channel = Object.entries(this.#context.channels).find(([, { topic }]) => topic === entry.topic)
    return channel === undefined ? entry.topic : `channel:${channel[0]}`
  }

  #topicOf(key: string, epoch: string | null): KnownTopic | null {
    return this.#context.topicOf(this.#channelOf(key)?.topic ?? key, epoch)
  }

  #channelOf(key: string): ChannelView | undefined {
    return key.startsWith('channel:') ? this.#context.channels[key.slice('channel:'.length)] : undefined
  }

  #report(name: AnomalyName, detail: string): void {
    this.#context.report(name, this.#journal.name, detail)
  }
}
