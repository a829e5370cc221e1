import type { LoggerPort } from '@millrace/temporal/ports'
import pLimit from 'p-limit'
import type { AnnouncedEvent, EventBus } from './event-bus.ts'
import type { EventReader, StoredEvent, TopicHead } from './event-reader.ts'

/** Where the events of one topic go in this process. */
export interface TopicSink {
  /** Contiguous, and directly after what was accepted before. When it throws, it is moved to the head of the log. */
  accept(events: readonly StoredEvent[]): void
  /** The head is elsewhere now: too far ahead to read everything here, or of another epoch. */
  moveTo(head: TopicHead): void
  /** The first event of a topic gave it its epoch. */
  adoptEpoch(epoch: string): void
}

export interface EventBridgeSettings {
  /**
   * How often topics that heard nothing for half of it are compared with the log: what the way without a bus costs at
   * most, and a lost nudge at most half as much again.
   */
  pollIntervalMs: number
  /** Topics compared in one exchange; a round is as many exchanges, one after the other, as it takes. */
  pollTopicsMax: number
  /** Gaps read at the same time: after an absence of the bus all topics have one, and appends must not wait behind them. */
  fillsAtOnceMax: number
  /** Events per read when filling a gap. */
  fillPageEventsMax: number
  /** A longer gap is skipped here; its readers page through the log at their own pace. */
  fillEventsMax: number
}

export const defaultEventBridgeSettings: EventBridgeSettings = {
  pollIntervalMs: 1000,
  pollTopicsMax: 500,
  fillsAtOnceMax: 4,
  fillPageEventsMax: 300,
  fillEventsMax: 2000,
}

export interface EventBridgeDeps {
  bus: EventBus
  reader: EventReader
  logger: LoggerPort
  settings?: Partial<EventBridgeSettings>
}

/** A topic that somebody in this process follows. */
interface Feed {
  topic: string
  /** Null while the head is being read; `wanted` remembers what is heard meanwhile. */
  sink: TopicSink | null
  epoch: string
  head: number
  isClosed: boolean
  /** Highest number heard of. */
  wanted: number
  filling: Promise<void> | null
  /** Its sink could not take what came: it has to be moved to the head of the log. */
  isBroken: boolean
  /** It is being compared because of news of another epoch. */
  isDoubted: boolean
  /** By `performance.now`: a clock that is set back must not put off comparing. */
  newsAt: number
}

/**
 * Carries stored events from the bus to the topics that are followed here, in order and without a gap:
 * what the bus lost is read from the log before a head moves. It knows topics and numbers, never what an
 * event means nor who may see it.
 */
export class EventBridge {
  readonly #reader: EventReader
  readonly #logger: LoggerPort
  readonly #settings: EventBridgeSettings
  readonly #feeds = new Map<string, Feed>()
  readonly #bus: EventBus
  readonly #unsubscribe: () => void
  readonly #stopHearingOfGaps: (() => void) | undefined
  readonly #fillInTurn: ReturnType<typeof pLimit>
  readonly #pollTimer: ReturnType<typeof setInterval>
  #isPolling = false
  /** Gaps that were filled from the log: more than a few in a process of its own point to a bad bus. */
  filledGapCount = 0

  constructor({ bus, reader, logger, settings }: EventBridgeDeps) {
    this.#reader = reader
    this.#logger = logger
    this.#settings = { ...defaultEventBridgeSettings, ...settings }
    this.#fillInTurn = pLimit(this.#settings.fillsAtOnceMax)
    this.#bus = bus
    this.#unsubscribe = bus.subscribe((events) => this.#handleEvents(events))
    this.#stopHearingOfGaps = bus.onGap?.((isMeant) => this.#handleGap(isMeant))
    this.#pollTimer = setInterval(() => void this.#poll(), this.#settings.pollIntervalMs)
    this.#pollTimer.unref()
  }

  get feedCount(): number {
    return this.#feeds.size
  }

  /**
   * Follows a topic: the sink, made from its head, gets every event after that head. Null: no such topic,
   * unless `whenAbsent` says how to begin one. One attachment per topic. Rejects when the log cannot be read.
   */
  async attach<Sink extends TopicSink>(
    topic: string,
    createSink: (head: TopicHead) => Sink,
    whenAbsent: TopicHead | null,
  ): Promise<Sink | null> {
    const feed: Feed = {
      topic,
      sink: null,
      epoch: '',
      head: 0,
      isClosed: false,
      wanted: 0,
      filling: null,
      isBroken: false,
      isDoubted: false,
      newsAt: performance.now(),
    }
    this.#feeds.set(topic, feed)
    this.#bus.follow?.(topic)
    try {
      const head = (await this.#reader.head(topic)) ?? whenAbsent
      if (head === null) {
        this.#forget(feed)
        return null
      }
      const sink = createSink(head)
      feed.sink = sink
      feed.epoch = head.epoch
      feed.head = head.seq
      feed.isClosed = head.closed
      this.#fill(feed)
      return sink
    } catch (error) {
      this.#forget(feed)
      throw error
    }
  }

  detach(topic: string): void {
    if (this.#feeds.delete(topic)) this.#bus.unfollow?.(topic)
  }

  /** Brings a followed topic to the head that the log has now. Rejects when the log cannot be read. */
  async refresh(topic: string): Promise<void> {
    const feed = this.#feeds.get(topic)
    if (feed === undefined) return
    await this.#compare(feed)
    await feed.filling
  }

  close(): void {
    clearInterval(this.#pollTimer)
    this.#unsubscribe()
    this.#stopHearingOfGaps?.()
    for (const topic of this.#feeds.keys()) this.#bus.unfollow?.(topic)
    this.#feeds.clear()
  }

  #forget(feed: Feed): void {
    if (this.#feeds.get(feed.topic) === feed) this.detach(feed.topic)
  }

  /** Compares the topics with the log, the first of them at once; what one round does not take, the next ones do. */
  #handleGap(isMeant: (topic: string) => boolean): void {
    for (const feed of this.#feeds.values()) if (isMeant(feed.topic)) feed.newsAt = Number.NEGATIVE_INFINITY
    void this.#poll()
  }

  #handleEvents(events: readonly AnnouncedEvent[]): void {
    for (let from = 0; from < events.length; ) {
      const topic = events[from]?.topic
      let to = from + 1
      while (to < events.length && events[to]?.topic === topic) to += 1
      const feed = topic === undefined ? undefined : this.#feeds.get(topic)
      if (feed !== undefined)
        this.#handleRun(feed, from === 0 && to === events.length ? events : events.slice(from, to))
      from = to
    }
  }

  /** Events of one topic, in the order of the log as far as the bus kept it. */
  #handleRun(feed: Feed, events: readonly AnnouncedEvent[]): void {
    feed.newsAt = performance.now()
    for (const { seq } of events) if (seq > feed.wanted) feed.wanted = seq
    if (feed.sink === null) return
    if (feed.epoch === '') this.#adoptEpoch(feed, events[0]?.epoch ?? '')
    // Equal numbers of another epoch are other events: which of the two is gone is for the log to say.
    if (events.some((event) => event.epoch !== feed.epoch)) this.#doubt(feed)
    else if (feed.filling === null) {
      if (!feed.isBroken) this.#deliver(feed, events)
      this.#fill(feed)
    }
  }

  /** The first event of a topic that was not there brings its epoch. */
  #adoptEpoch(feed: Feed, epoch: string): void {
    feed.epoch = epoch
    feed.sink?.adoptEpoch(epoch)
  }

  /** Hands on what continues the head; the rest is left to the log. */
  #deliver(feed: Feed, events: readonly AnnouncedEvent[]): void {
    const next: StoredEvent[] = []
    for (const event of events) {
      if (event.payload !== null && event.seq === feed.head + next.length + 1) next.push(event)
    }
    if (next.length === 0) return
    feed.head += next.length
    try {
      feed.sink?.accept(next)
    } catch (error) {
      // Neither the other topics nor the bus are to suffer from one; and what is wrong here is not to stay so.
      feed.isBroken = true
      this.#logger.error({ tag: 'topic-broken', topic: feed.topic, err: error }, 'A topic is moved to the log')
    }
  }

  #fill(feed: Feed): void {
    const isBehind = feed.wanted > feed.head
    if (feed.filling !== null || !(isBehind || feed.isBroken)) return
    if (isBehind) this.filledGapCount += 1
    feed.filling = this.#fillInTurn(() => this.#readGap(feed))
      .catch((error: unknown) => {
        // The next round of comparing tries again; viewers are late, not wrong.
        this.#logger.warn({ tag: 'log-unreadable', topic: feed.topic, err: error }, 'Could not read missed events')
      })
      .finally(() => {
        feed.filling = null
      })
  }

  async #readGap(feed: Feed): Promise<void> {
    while (this.#isFollowed(feed) && (feed.wanted > feed.head || feed.isBroken)) {
      if (feed.isBroken || feed.wanted - feed.head > this.#settings.fillEventsMax) {
        await this.#moveToHead(feed)
        continue
      }
      const events = await this.#reader.read(feed.topic, feed.head, this.#settings.fillPageEventsMax)
      if (!this.#isFollowed(feed)) return
      const [first] = events
      if (first !== undefined && feed.epoch === '') this.#adoptEpoch(feed, first.epoch)
      if (first === undefined) {
        // Announced, but not in the log: a bus that talks of another log. What is stored is what counts.
        feed.wanted = feed.head
      } else if (first.seq !== feed.head + 1 || first.epoch !== feed.epoch) {
        await this.#moveToHead(feed)
      } else {
        this.#deliver(feed, events.map(asWaitedFor))
      }
    }
  }

  async #moveToHead(feed: Feed): Promise<void> {
    // What was heard before may speak of another log; only news that comes while reading counts.
    feed.wanted = 0
    const head = await this.#reader.head(feed.topic)
    const { isBroken } = feed
    feed.isBroken = false
    if (head === null || !this.#isFollowed(feed)) return
    // Somebody else has moved it meanwhile, and it has gone on since.
    if (!isBroken && head.epoch === feed.epoch && head.seq <= feed.head) return
    feed.epoch = head.epoch
    feed.head = head.seq
    feed.isClosed = head.closed
    feed.sink?.moveTo(head)
  }

  #isFollowed(feed: Feed): boolean {
    return this.#feeds.get(feed.topic) === feed
  }

  /** Looks at the log's own head: for lost nudges, and for a log that is not the one we knew. */
  async #compare(feed: Feed): Promise<void> {
    const knownSeq = feed.head
    const head = await this.#reader.head(feed.topic)
    if (head !== null) await this.#meet(feed, head, knownSeq)
  }

  /** `knownSeq`: the feed's head before the log was asked. */
  async #meet(feed: Feed, head: TopicHead, knownSeq: number): Promise<void> {
    if (feed.sink === null || !this.#isFollowed(feed)) return
    feed.newsAt = performance.now()
    if (feed.epoch === '') this.#adoptEpoch(feed, head.epoch)
    // What was known before the question is durable, so an answer that ends before it speaks of a log that lost it.
    const isShorter = head.epoch === feed.epoch && head.seq < knownSeq
    if (isShorter) await this.#reader.renewEpoch?.(feed.topic, head.epoch)
    if (head.epoch !== feed.epoch || isShorter) {
      await feed.filling
      if (!this.#isFollowed(feed)) return
      await this.#moveToHead(feed)
    }
    feed.wanted = Math.max(feed.wanted, head.seq)
    this.#fill(feed)
  }

  #doubt(feed: Feed): void {
    if (feed.isDoubted) return
    feed.isDoubted = true
    this.#compare(feed)
      .catch((error: unknown) => {
        this.#logger.warn({ tag: 'log-unreadable', topic: feed.topic, err: error }, 'Could not read an epoch')
      })
      .finally(() => {
        feed.isDoubted = false
      })
  }

  async #compareAll(feeds: readonly Feed[]): Promise<void> {
    const knownSeqs = feeds.map(({ head }) => head)
    const heads = await this.#reader.heads(feeds.map(({ topic }) => topic))
    for (const [index, feed] of feeds.entries()) {
      const head = heads.get(feed.topic)
      if (head !== undefined) await this.#meet(feed, head, knownSeqs[index] ?? 0)
    }
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    try {
      // Half an interval, so that what was compared in the last round, late by as long as that took, is due again in this one.
      const before = performance.now() - this.#settings.pollIntervalMs / 2
      const due = [...this.#feeds.values()].filter(
        (feed) => feed.sink !== null && !feed.isClosed && feed.newsAt <= before,
      )
      for (let from = 0; from < due.length; from += this.#settings.pollTopicsMax) {
        await this.#compareAll(due.slice(from, from + this.#settings.pollTopicsMax))
      }
    } catch (error) {
      this.#logger.warn({ tag: 'log-unreadable', err: error }, 'Could not compare topics with the log')
    } finally {
      this.#isPolling = false
    }
  }
}

/** Of an event that fills a gap: its readers have waited since it was stored. */
function asWaitedFor(event: StoredEvent): StoredEvent {
  return event.storedAt === undefined ? event : { ...event, committedAt: event.storedAt }
}
