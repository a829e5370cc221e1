import pLimit from 'p-limit'
import { answerInTime } from '../../repositories/answer-in-time.ts'
import { encodeMessage } from '../frames/text-frame.ts'
import type { Snapshot } from '../topics/snapshot-cache.ts'
import type { ChannelReader, ListRequest } from './channel-reader.ts'
import type { SubscriptionAddress } from './topic-request.ts'

/** Lists read at the same time: a storm of newcomers must not starve the appends. */
const readsAtOnceMax = 2
/** Longest wait for one of them, milliseconds: the next ones wait for their turn. */
const readMsMax = 10_000

/**
 * Reads what channels begin with. Who asks for the same while it is being read gets the same: the answer may be a
 * little older than the question, and the events after its place make up for it.
 */
export class ListSnapshots {
  readonly #reader: ChannelReader
  readonly #inFlight = new Map<string, Promise<Snapshot>>()
  /** At most one per connection waits. */
  readonly #inTurn = pLimit(readsAtOnceMax)

  constructor(reader: ChannelReader) {
    this.#reader = reader
  }

  /** Rejects when the database cannot be read. */
  read(request: ListRequest, address: SubscriptionAddress): Promise<Snapshot> {
    const key = JSON.stringify([request, address])
    const known = this.#inFlight.get(key)
    if (known !== undefined) return known
    const reading = this.#inTurn(() => this.#read(request, address)).finally(() => this.#inFlight.delete(key))
    this.#inFlight.set(key, reading)
    return reading
  }

  async #read(request: ListRequest, address: SubscriptionAddress): Promise<Snapshot> {
    const { seq, epoch, items, isComplete } = await answerInTime(this.#reader.readList(request), readMsMax)
    const part = isComplete ? {} : { truncated: true }
    const frame = encodeMessage({ type: 'snapshot', timestamp: Date.now(), ...address, seq, epoch, items, ...part })
    return { seq, epoch, frame }
  }
}
