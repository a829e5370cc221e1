import { formatOffset, parseOffset } from '../../src/websocket/wires/stream-offset.ts'
import { Producers, type ProducerTurn } from './producers.ts'
import type { SuiteLog, SuiteTopic } from './suite-log.ts'
import { InvalidPayload, mediaTypeOf, prefixOf } from './wrapped-payload.ts'

/** What a stream is made with; a second creation must say the same. */
export interface StreamConfig {
  contentType: string | null
  ttlSeconds: number | null
  expiresAt: string | null
  isClosed: boolean
  fork: { from: string; offset: string | null; subOffset: number } | null
}

export interface SuiteStream {
  path: string
  config: StreamConfig
  contentType: string
  ttlSeconds: number | null
  expiresAt: string | null
  topic: SuiteTopic
  isClosed: boolean
  /** Who closed it, if a producer did. */
  closedBy: ProducerTurn | null
  producers: Producers
  /** The newest `Stream-Seq`. */
  sequence: string | null
  source: SuiteStream | null
  /** Streams that were forked from it and are still there. */
  forkCount: number
  /** Deleted, but its forks still read it. */
  isGone: boolean
  /** Of the last read or write, epoch milliseconds. */
  touchedAt: number
  /** Writes happen one after the other. */
  turn: Promise<unknown>
}

/** Refused with a status that the protocol gives it. */
export class StreamRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** An offset of the vendor's own form that the suite writes where it means the beginning. */
const vendorsBeginning = /^0+_0+$/

/** The streams of the suite by path: what the product has no notion of (types, ends by time, forks) is kept here. */
export class SuiteStreams {
  readonly #log: SuiteLog
  readonly #streams = new Map<string, SuiteStream>()

  constructor(log: SuiteLog) {
    this.#log = log
  }

  /** Null: there is none. One that is deleted and still has forks is found, with `isGone`. */
  async find(path: string): Promise<SuiteStream | null> {
    const stream = this.#streams.get(path)
    if (stream === undefined) return null
    if (stream.isGone || !isOver(stream)) return stream
    await this.delete(stream)
    return this.#streams.get(path) ?? null
  }

  /** Throws StreamRefusal when there is another by that name, or the fork cannot be. */
  async create(path: string, config: StreamConfig): Promise<{ stream: SuiteStream; isNew: boolean }> {
    const known = await this.find(path)
    if (known !== null) {
      if (known.isGone || !isSame(known, config)) throw new StreamRefusal(409, 'there is another stream by that name')
      return { stream: known, isNew: false }
    }
    const source = config.fork === null ? null : await this.#sourceOf(config)
    const topic = source === null ? await this.#log.create() : await this.#fork(source, config)
    const isTimed = config.ttlSeconds !== null || config.expiresAt !== null
    const stream: SuiteStream = {
      path,
      config,
      contentType: config.contentType ?? source?.contentType ?? 'application/octet-stream',
      ttlSeconds: isTimed ? config.ttlSeconds : (source?.ttlSeconds ?? null),
      expiresAt: isTimed ? config.expiresAt : (source?.expiresAt ?? null),
      topic,
      isClosed: false,
      closedBy: null,
      producers: new Producers(),
      sequence: null,
      source,
      forkCount: 0,
      isGone: false,
      touchedAt: Date.now(),
      turn: Promise.resolve(),
    }
    if (source !== null) source.forkCount += 1
    this.#streams.set(path, stream)
    return { stream, isNew: true }
  }

  async delete(stream: SuiteStream): Promise<void> {
    if (stream.forkCount > 0) {
      stream.isGone = true
      return
    }
    this.#streams.delete(stream.path)
    await this.#log.remove(stream.topic)
    const { source } = stream
    if (source === null) return
    source.forkCount -= 1
    if (source.isGone && source.forkCount === 0) await this.delete(source)
  }

  async #sourceOf({ fork, contentType }: StreamConfig): Promise<SuiteStream> {
    const source = await this.find(fork?.from ?? '')
    if (source === null) throw new StreamRefusal(404, 'nothing to fork')
    if (source.isGone) throw new StreamRefusal(409, 'the source is deleted')
    if (contentType !== null && mediaTypeOf(contentType) !== mediaTypeOf(source.contentType)) {
      throw new StreamRefusal(409, 'the source is of another type')
    }
    return source
  }

  async #fork({ topic, contentType, isClosed }: SuiteStream, { fork }: StreamConfig): Promise<SuiteTopic> {
    const last = topic.place.seq - (isClosed ? 1 : 0)
    const from = seqOf(fork?.offset ?? null, topic)
    if (from === null || from > topic.place.seq) throw new StreamRefusal(400, 'the source does not reach so far')
    const upTo = Math.min(from, last)
    const subOffset = fork?.subOffset ?? 0
    if (subOffset === 0) return this.#log.copy(topic, upTo)
    const next = await this.#log.textAt(topic, upTo + 1)
    if (next === null) throw new StreamRefusal(400, 'nothing follows that offset')
    const prefix = prefixOrRefusal(contentType, next, subOffset)
    const copy = await this.#log.copy(topic, upTo)
    await this.#log.append(copy, [prefix], false)
    return copy
  }
}

export function offsetOf({ topic }: SuiteStream): string {
  return formatOffset(topic.place)
}

function seqOf(offset: string | null, { place }: SuiteTopic): number | null {
  if (offset === null) return place.seq
  if (vendorsBeginning.test(offset)) return 0
  const parsed = parseOffset(offset)
  return parsed?.epoch === place.epoch ? parsed.seq : null
}

function prefixOrRefusal(contentType: string, text: string, count: number): string {
  try {
    return prefixOf(contentType, text, count)
  } catch (error) {
    if (error instanceof InvalidPayload) throw new StreamRefusal(400, error.message)
    throw error
  }
}

function isOver({ ttlSeconds, expiresAt, touchedAt }: SuiteStream): boolean {
  const now = Date.now()
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return true
  return ttlSeconds !== null && touchedAt + ttlSeconds * 1000 <= now
}

function isSame({ config, contentType, isClosed, ttlSeconds, expiresAt }: SuiteStream, wanted: StreamConfig): boolean {
  const { fork } = wanted
  const wantedType = wanted.contentType ?? (fork === null ? 'application/octet-stream' : contentType)
  const isTimed = fork === null || wanted.ttlSeconds !== null || wanted.expiresAt !== null
  return (
    mediaTypeOf(wantedType) === mediaTypeOf(contentType) &&
    (!isTimed || (wanted.ttlSeconds === ttlSeconds && wanted.expiresAt === expiresAt)) &&
    wanted.isClosed === isClosed &&
    fork?.from === config.fork?.from &&
    (fork?.offset ?? null) === (fork === null ? null : (config.fork?.offset ?? null)) &&
    (fork?.subOffset ?? 0) === (config.fork?.subOffset ?? 0)
  )
}
