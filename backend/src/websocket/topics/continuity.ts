import { InvariantError } from '@millrace/shared/errors/app-error'

/** How a row of numbered events can be broken: one is missing, one comes twice, or they go backwards. */
export type ContinuityFault = 'gap' | 'duplicate' | 'order'

/** What is wrong with an event after `lastSeq`; null: it is the next one. */
export function continuityFault(lastSeq: number, seq: number): ContinuityFault | null {
  if (seq === lastSeq + 1) return null
  if (seq > lastSeq) return 'gap'
  return seq === lastSeq ? 'duplicate' : 'order'
}

/** Thrown where going on would tell a reader something twice, too late or not at all. */
export class ContinuityError extends InvariantError {
  readonly kind: ContinuityFault
  readonly topic: string

  constructor(kind: ContinuityFault, topic: string, message: string) {
    super(`${topic}: ${message}`)
    this.kind = kind
    this.topic = topic
  }
}

/** Throws ContinuityError unless `seq` is the number after `lastSeq`. */
export function requireNext(topic: string, lastSeq: number, seq: number): void {
  const kind = continuityFault(lastSeq, seq)
  if (kind !== null) throw new ContinuityError(kind, topic, `event ${seq} does not follow ${lastSeq}`)
}
