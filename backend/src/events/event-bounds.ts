import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import { eventLimits } from '@millrace/shared/events/envelope'
import type { CutValue } from '@millrace/shared/events/variable'

/** Texts of a question that may be cut when the whole event is too large. */
const longTextFields = ['body', 'prompt', 'reason', 'cause'] as const
const longTextCharactersMax = 16_000

const cutMark = '…'

/** Cuts what people read: a long sentence never costs an event. Only after secrets are masked, so that of none the beginning remains. */
export function cutMessages(draft: Record<string, unknown>): Record<string, unknown> {
  const { messageCharactersMax, shortTextCharactersMax } = eventLimits
  const type = String(draft.type)
  const cut: Record<string, unknown> = { ...draft }
  const shorten = (field: string, charactersMax: number) => {
    const text = cut[field]
    if (typeof text === 'string') cut[field] = cutText(text, charactersMax)
  }
  shorten('message', type === 'node:progress' ? shortTextCharactersMax : messageCharactersMax)
  shorten('reason', longReasons.has(type) ? messageCharactersMax : eventLimits.reasonCharactersMax)
  if (type === 'user:input:reminder') shorten('prompt', shortTextCharactersMax)
  if (isRecord(cut.error)) cut.error = cutError(cut.error)
  return cut
}

/** Events whose reason is what they are there for. */
const longReasons = new Set(['execution:blocked', 'execution:cancelled'])

/** How a run or a node ended, as it is stored, its sentence cut. Only after secrets are masked. */
export function cutOutcome<Outcome extends object>(outcome: Outcome): Outcome {
  const cut = { ...outcome } as Record<string, unknown>
  if (typeof cut.reason === 'string') cut.reason = cutText(cut.reason, eventLimits.messageCharactersMax)
  if (isRecord(cut.error)) cut.error = cutError(cut.error)
  return cut as Outcome
}

function cutError(error: Record<string, unknown>): Record<string, unknown> {
  const { message } = error
  return typeof message === 'string' ? { ...error, message: cutText(message, eventLimits.messageCharactersMax) } : error
}

/**
 * The draft within `eventLimits.payloadBytesMax`: without an error's details and with long texts cut, where
 * that is enough. Throws AppError OUTPUT_TOO_LARGE: outputs of that size belong in the output store.
 */
export function boundPayload(draft: EventDraft): EventDraft {
  if (jsonBytes(draft) <= eventLimits.payloadBytesMax) return draft
  const smaller: Record<string, unknown> = { ...draft }
  if (isRecord(smaller.error)) smaller.error = { ...smaller.error, details: undefined }
  for (const field of longTextFields) {
    const text = smaller[field]
    if (typeof text === 'string') smaller[field] = cutText(text, longTextCharactersMax)
  }
  const bytes = jsonBytes(smaller)
  if (bytes <= eventLimits.payloadBytesMax) return smaller as EventDraft
  throw new AppError('OUTPUT_TOO_LARGE', { type: draft.type, bytes, bytesMax: eventLimits.payloadBytesMax })
}

/** Outputs of a whole run in the closing event, which must never fail: the largest give way to a preview. */
export function boundOutputs(outputs: Record<string, unknown>): Record<string, unknown> {
  const sizes = Object.entries(outputs).map(([name, value]) => ({ name, value, bytes: jsonBytes(value) }))
  let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const bytesMax = eventLimits.payloadBytesMax / 2
  if (total <= bytesMax) return outputs
  const bounded = { ...outputs }
  for (const { name, value, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) {
    if (total <= bytesMax) break
    bounded[name] = {
      truncated: true,
      bytes,
      preview: JSON.stringify(value).slice(0, eventLimits.previewCharactersMax),
    }
    total -= bytes
  }
  return bounded
}

/** A variable's values, the long ones by their beginning: the whole of one is in the output of its step. */
export function cutValues(draft: EventDraft): EventDraft {
  if (draft.type !== 'variable:changed') return draft
  const { oldValue } = draft
  const newValue = cutValue(draft.newValue)
  return { ...draft, ...(oldValue === undefined ? {} : { oldValue: cutValue(oldValue) }), newValue }
}

function cutValue(value: unknown): unknown {
  const json = JSON.stringify(value) ?? 'null'
  const bytes = Buffer.byteLength(json)
  if (bytes <= eventLimits.variableValueBytesMax) return value
  const text = typeof value === 'string' ? value : json
  const preview = text.slice(0, eventLimits.previewCharactersMax).toWellFormed()
  return { truncated: true, bytes, preview } satisfies CutValue
}

function cutText(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  const kept = text.slice(0, charactersMax - cutMark.length)
  // Half of a pair is no character.
  return (kept.isWellFormed() ? kept : kept.slice(0, -1)) + cutMark
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
