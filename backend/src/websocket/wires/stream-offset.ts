/** A place in a topic's past. */
export interface StreamPlace {
  epoch: string
  /** The last seq seen; 0: nothing yet. */
  seq: number
}

/** Digits of the largest integer that JSON carries exactly. */
const seqDigits = String(Number.MAX_SAFE_INTEGER).length

const offsetPattern = new RegExp(`^([A-Za-z0-9_-]{1,64})_([0-9]{${seqDigits}})$`)

/** `<epoch>_<seq>`: of fixed width within a topic, so that offsets sort as text in the order of what they stand for. */
export function formatOffset({ epoch, seq }: StreamPlace): string {
  return `${epoch}_${String(seq).padStart(seqDigits, '0')}`
}

/** Null: this server never gave out such an offset. */
export function parseOffset(text: string): StreamPlace | null {
  const [, epoch, digits] = offsetPattern.exec(text) ?? []
  if (epoch === undefined || digits === undefined) return null
  const seq = Number(digits)
  return Number.isSafeInteger(seq) ? { epoch, seq } : null
}
