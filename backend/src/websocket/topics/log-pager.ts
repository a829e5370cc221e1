import pLimit from 'p-limit'
import type { EventReader } from '../../events/event-reader.ts'
import type { FaultReports } from '../fault-reports.ts'
import { continuityFault } from './continuity.ts'
import { EventFrame } from './topic-ring.ts'

export interface LogPagerSettings {
  pageEventsMax: number
  pageBytesMax: number
  pagesAtOnceMax: number
}

/** Pages kept for the others who return at the same place; with `pageBytesMax` this bounds their memory. */
const recentPagesMax = 32

/**
 * Reads what is below a ring. Clients that were cut off together return together and want the same pages,
 * so each is read once; and only a few at the same time, so that a storm of returns never starves the appends.
 */
export class LogPager {
  readonly #reader: EventReader
  readonly #settings: LogPagerSettings
  readonly #faults: FaultReports
  readonly #inFlight = new Map<string, Promise<readonly EventFrame[]>>()
  readonly #recent = new Map<string, readonly EventFrame[]>()
  /** At most one per connection waits. */
  readonly #inTurn: ReturnType<typeof pLimit>
  /** Reads of the log so far. */
  readCount = 0

  constructor(reader: EventReader, settings: LogPagerSettings, faults: FaultReports) {
    this.#faults = faults
    this.#reader = reader
    this.#settings = settings
    this.#inTurn = pLimit(settings.pagesAtOnceMax)
  }

  /**
   * Frames after a number, contiguous, at least one unless there is nothing: `pageBytesMax` ends a page early. They
   * begin further on when the log has a hole there, which is reported; callers look. Nothing, too, when the log has begun anew and is of another epoch. Rejects when the log cannot be read.
   */
  page(topic: string, epoch: string, afterSeq: number): Promise<readonly EventFrame[]> {
    const key = `${topic}\n${epoch}\n${afterSeq}`
    const recent = this.#recent.get(key)
    if (recent !== undefined) return Promise.resolve(recent)
    const known = this.#inFlight.get(key)
    if (known !== undefined) return known
    const reading = this.#inTurn(() => this.#read(topic, epoch, afterSeq))
      .then((frames) => {
        if (frames.length > 0) this.#remember(key, frames)
        return frames
      })
      .finally(() => this.#inFlight.delete(key))
    this.#inFlight.set(key, reading)
    return reading
  }

  async #read(topic: string, epoch: string, afterSeq: number): Promise<readonly EventFrame[]> {
    this.readCount += 1
    const events = await this.#reader.read(topic, afterSeq, this.#settings.pageEventsMax)
    if (events[0]?.epoch !== epoch) return []
    const frames: EventFrame[] = []
    let bytes = 0
    let lastSeq = afterSeq
    for (const event of events) {
      const isNext = this.#isNext(topic, lastSeq, event.seq)
      if (!isNext && frames.length > 0) break
      const frame = new EventFrame(event)
      bytes += frame.frame.bytes
      if (frames.length > 0 && bytes > this.#settings.pageBytesMax) break
      frames.push(frame)
      lastSeq = event.seq
    }
    return frames
  }

  #isNext(topic: string, lastSeq: number, seq: number): boolean {
    const fault = continuityFault(lastSeq, seq)
    if (fault !== null) this.#faults.report(fault, { topic }, `${topic}: the log has event ${seq} after ${lastSeq}`)
    return fault === null
  }

  #remember(key: string, frames: readonly EventFrame[]): void {
    this.#recent.set(key, frames)
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > recentPagesMax && oldest !== undefined) this.#recent.delete(oldest)
  }
}
