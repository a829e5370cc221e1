import { randomUUID } from 'node:crypto'
import type { EventDraft } from '@millrace/shared/events'

/** Bytes of one event; a longer append becomes several. Below `eventLimits.payloadBytesMax` also as base64. */
const chunkBytesMax = 128 * 1024

/** What may be appended at once: the suite takes 413 above that. */
export const bodyBytesMax = 4 * 1024 * 1024

export class InvalidPayload extends Error {}

export function isJson(contentType: string): boolean {
  return mediaTypeOf(contentType) === 'application/json'
}

/** Without parameters and in lower case: what makes two types the same. */
export function mediaTypeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * The texts that carry an append as outputs of events: messages of a JSON stream as JSON separated by commas, bytes of
 * any other in base64. Throws InvalidPayload for what is no JSON.
 */
export function wrap(contentType: string, body: Buffer): string[] {
  if (!isJson(contentType)) {
    const count = Math.ceil(body.length / chunkBytesMax)
    return Array.from({ length: count }, (_, index) =>
      body.subarray(index * chunkBytesMax, (index + 1) * chunkBytesMax).toString('base64'),
    )
  }
  const value = parseJson(body.toString())
  const messages = Array.isArray(value) ? value : [value]
  return messages.length === 0 ? [] : [messages.map((message) => JSON.stringify(message)).join(',')]
}

/** The first part of what an event carries: so many messages or bytes. Throws InvalidPayload when it has fewer. */
export function prefixOf(contentType: string, text: string, count: number): string {
  if (isJson(contentType)) {
    const messages = parseJson(`[${text}]`) as unknown[]
    if (count > messages.length) throw new InvalidPayload('fewer messages')
    return messages
      .slice(0, count)
      .map((message) => JSON.stringify(message))
      .join(',')
  }
  const bytes = Buffer.from(text, 'base64')
  if (count > bytes.length) throw new InvalidPayload('fewer bytes')
  return bytes.subarray(0, count).toString('base64')
}

/** An event of the product that carries a text and changes nothing but the log. */
export function carry(executionId: string, text: string): EventDraft {
  const at = { nodeId: 'suite', nodePath: 'suite', iteration: 1 }
  const eventId = `suite/${randomUUID()}`
  return {
    type: 'node:completed',
    eventId,
    timestamp: Date.now(),
    executionId,
    ...at,
    output: text,
    duration: 0,
    ports: [],
  }
}

/** The event after which nothing follows. It carries nothing of the suite's. */
export function end(executionId: string): EventDraft {
  const eventId = '-/execution:completed/-/-'
  const outcome = { status: 'completed', outputs: {}, duration: 0 } as const
  return { type: 'execution:completed', eventId, timestamp: Date.now(), executionId, ...outcome }
}

/** The texts in an answer of the product. */
export function textsIn(json: string): string[] {
  const events = JSON.parse(json) as { type: string; output?: string }[]
  return events.flatMap(({ output }) => (output === undefined ? [] : [output]))
}

/** The answer's body as the stream's own type has it. */
export function bodyOf(contentType: string, texts: readonly string[]): Buffer {
  if (isJson(contentType)) return Buffer.from(`[${texts.join(',')}]`)
  return Buffer.concat(texts.map((text) => Buffer.from(text, 'base64')))
}

export function needsBase64(contentType: string): boolean {
  return !isJson(contentType) && !mediaTypeOf(contentType).startsWith('text/')
}

/** The lines of a server-sent event; null when the event carries nothing of the suite's. */
export function sseDataOf(contentType: string, json: string): string | null {
  const texts = textsIn(json)
  if (texts.length === 0) return null
  const body = bodyOf(contentType, texts)
  const text = needsBase64(contentType) ? body.toString('base64') : body.toString()
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `data:${line}\n`)
    .join('')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidPayload('no JSON', { cause: error })
  }
}
