import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseOffset } from '../../src/websocket/wires/stream-offset.ts'
import { type ProducerTurn, type ProducerVerdict, producerOf } from './producers.ts'
import type { SuiteLog } from './suite-log.ts'
import { offsetOf, type StreamConfig, StreamRefusal, type SuiteStream, type SuiteStreams } from './suite-streams.ts'
import { InvalidPayload, mediaTypeOf, wrap } from './wrapped-payload.ts'

export interface WriteRequest {
  request: IncomingMessage
  response: ServerResponse
  path: string
  body: Buffer
}

interface Append {
  producer: ProducerTurn | undefined
  body: Buffer
  closes: boolean
}

type Headers = Record<string, string>

/** The verbs that the product does not offer, as the protocol describes them, over the product's log. */
export class StreamWrites {
  readonly #streams: SuiteStreams
  readonly #log: SuiteLog

  constructor(streams: SuiteStreams, log: SuiteLog) {
    this.#streams = streams
    this.#log = log
  }

  async put({ request, response, path, body }: WriteRequest): Promise<void> {
    const config = configOf(request)
    const texts = body.length === 0 ? [] : wrapOrRefuse(config.contentType ?? 'application/octet-stream', body)
    const { stream, isNew } = await this.#streams.create(path, config)
    if (isNew && (texts.length > 0 || config.isClosed)) {
      stream.isClosed = config.isClosed
      await this.#log.append(stream.topic, texts, config.isClosed)
    }
    const headers: Headers = { 'content-type': stream.contentType, ...placeOf(stream) }
    if (isNew) headers['location'] = `http://${request.headers.host}${path}`
    response.writeHead(isNew ? 201 : 200, headers).end()
  }

  async delete({ response, path }: WriteRequest): Promise<void> {
    const stream = await this.#require(path)
    await this.#streams.delete(stream)
    response.writeHead(204).end()
  }

  async post(write: WriteRequest): Promise<void> {
    const { request, body, path } = write
    const producer = producerOf(request.headers)
    if (producer === null) throw new StreamRefusal(400, 'the producer headers belong together')
    const closes = request.headers['stream-closed'] === 'true'
    if (body.length === 0 && !closes) throw new StreamRefusal(400, 'nothing to append')
    if (body.length > 0 && request.headers['content-type'] === undefined) throw new StreamRefusal(400, 'of what type?')
    const stream = await this.#require(path)
    const turn = stream.turn.then(() => this.#append(stream, write, { producer, body, closes }))
    stream.turn = turn.catch(() => undefined)
    await turn
  }

  async #append(stream: SuiteStream, { request, response }: WriteRequest, append: Append): Promise<void> {
    const { producer, body, closes } = append
    stream.touchedAt = Date.now()
    const verdict = producer === undefined ? null : stream.producers.judge(producer)
    if (stream.isClosed) return answerClosed(stream, response, append, verdict)
    if (producer !== undefined && verdict !== null && verdict.status !== 'accepted') {
      return answerVerdict(response, producer, verdict)
    }
    const texts = body.length === 0 ? [] : this.#textsOf(stream, request, body)
    if (producer !== undefined) stream.producers.remember(producer)
    await this.#log.append(stream.topic, texts, closes)
    stream.isClosed = closes
    if (closes) stream.closedBy = producer ?? null
    const isProducersAppend = producer !== undefined && body.length > 0
    response.writeHead(isProducersAppend ? 200 : 204, { ...placeOf(stream), ...echoOf(producer) }).end()
  }

  #textsOf(stream: SuiteStream, { headers }: IncomingMessage, body: Buffer): string[] {
    if (mediaTypeOf(headers['content-type'] ?? '') !== mediaTypeOf(stream.contentType)) {
      throw new StreamRefusal(409, 'the stream is of another type')
    }
    const sequence = headers['stream-seq']
    if (typeof sequence === 'string' && stream.sequence !== null && sequence <= stream.sequence) {
      throw new StreamRefusal(409, 'the sequence goes back')
    }
    const texts = wrapOrRefuse(stream.contentType, body)
    if (texts.length === 0) throw new StreamRefusal(400, 'nothing to append')
    if (typeof sequence === 'string') stream.sequence = sequence
    return texts
  }

  async #require(path: string): Promise<SuiteStream> {
    const stream = await this.#streams.find(path)
    if (stream === null) throw new StreamRefusal(404, 'no such stream')
    if (stream.isGone) throw new StreamRefusal(410, 'the stream is gone')
    return stream
  }
}

/** A closed stream takes the closing again, from whoever closed it. */
function answerClosed(
  stream: SuiteStream,
  response: ServerResponse,
  { producer, body, closes }: Append,
  verdict: ProducerVerdict | null,
): void {
  const headers = { ...placeOf(stream), ...echoOf(producer) }
  const by = stream.closedBy
  const isAgain = by !== null && by.id === producer?.id && by.epoch === producer.epoch && by.seq === producer.seq
  const isPlainClose = producer === undefined && body.length === 0 && closes
  if (isAgain || isPlainClose) response.writeHead(204, headers).end()
  else if (producer !== undefined && verdict?.status === 'stale') answerVerdict(response, producer, verdict)
  else response.writeHead(409, placeOf(stream)).end()
}

function answerVerdict(response: ServerResponse, producer: ProducerTurn, verdict: ProducerVerdict): void {
  if (verdict.status === 'duplicate') {
    response.writeHead(204, { 'producer-epoch': `${producer.epoch}`, 'producer-seq': `${verdict.seq}` }).end()
  } else if (verdict.status === 'stale') response.writeHead(403, { 'producer-epoch': `${verdict.epoch}` }).end()
  else if (verdict.status === 'gap') {
    const headers = { 'producer-expected-seq': `${verdict.expected}`, 'producer-received-seq': `${producer.seq}` }
    response.writeHead(409, headers).end()
  } else response.writeHead(400).end()
}

function placeOf(stream: SuiteStream): Headers {
  return { 'stream-next-offset': offsetOf(stream), ...(stream.isClosed ? { 'stream-closed': 'true' } : {}) }
}

function echoOf(producer: ProducerTurn | undefined): Headers {
  return producer === undefined ? {} : { 'producer-epoch': `${producer.epoch}`, 'producer-seq': `${producer.seq}` }
}

function wrapOrRefuse(contentType: string, body: Buffer): string[] {
  try {
    return wrap(contentType, body)
  } catch (error) {
    if (error instanceof InvalidPayload) throw new StreamRefusal(400, error.message)
    throw error
  }
}

/** Throws StreamRefusal for headers that the protocol does not allow. */
function configOf({ headers }: IncomingMessage): StreamConfig {
  const ttl = headers['stream-ttl']
  const expiresAt = headers['stream-expires-at']
  if (ttl !== undefined && expiresAt !== undefined) throw new StreamRefusal(400, 'two ends by time')
  if (ttl !== undefined && !/^(0|[1-9]\d*)$/.test(String(ttl))) throw new StreamRefusal(400, 'no time to live')
  if (expiresAt !== undefined && Number.isNaN(Date.parse(String(expiresAt)))) throw new StreamRefusal(400, 'no time')
  const type = headers['content-type']
  return {
    contentType: type !== undefined && /^[\w-]+\/[\w-]+/.test(type) ? type : null,
    ttlSeconds: ttl === undefined ? null : Number(ttl),
    expiresAt: expiresAt === undefined ? null : String(expiresAt),
    isClosed: headers['stream-closed'] === 'true',
    fork: forkOf(headers),
  }
}

function forkOf(headers: IncomingMessage['headers']): StreamConfig['fork'] {
  const from = headers['stream-forked-from']
  const offset = headers['stream-fork-offset']
  const subOffset = headers['stream-fork-sub-offset']
  if (subOffset !== undefined && (from === undefined || !/^(0|[1-9]\d*)$/.test(String(subOffset)))) {
    throw new StreamRefusal(400, 'no part of an append')
  }
  if (typeof from !== 'string') return null
  if (typeof offset === 'string' && !/^0+_0+$/.test(offset) && parseOffset(offset) === null) {
    throw new StreamRefusal(400, 'no offset')
  }
  return { from, offset: typeof offset === 'string' ? offset : null, subOffset: Number(subOffset ?? 0) }
}
