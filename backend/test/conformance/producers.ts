/** What a producer says of an append, from its three headers. */
export interface ProducerTurn {
  id: string
  epoch: number
  seq: number
}

export type ProducerVerdict =
  | { status: 'accepted' }
  | { status: 'duplicate'; seq: number }
  | { status: 'stale'; epoch: number }
  | { status: 'not-from-zero' }
  | { status: 'gap'; expected: number }

/** Where each producer of a stream stands. */
export class Producers {
  readonly #last = new Map<string, { epoch: number; seq: number }>()

  judge({ id, epoch, seq }: ProducerTurn): ProducerVerdict {
    const last = this.#last.get(id)
    if (last === undefined) return seq === 0 ? { status: 'accepted' } : { status: 'gap', expected: 0 }
    if (epoch < last.epoch) return { status: 'stale', epoch: last.epoch }
    if (epoch > last.epoch) return seq === 0 ? { status: 'accepted' } : { status: 'not-from-zero' }
    if (seq <= last.seq) return { status: 'duplicate', seq: last.seq }
    return seq === last.seq + 1 ? { status: 'accepted' } : { status: 'gap', expected: last.seq + 1 }
  }

  remember({ id, epoch, seq }: ProducerTurn): void {
    this.#last.set(id, { epoch, seq })
  }
}

/** Undefined: no producer speaks. Null: it speaks, but not as the protocol says. */
export function producerOf(headers: Record<string, string | string[] | undefined>): ProducerTurn | null | undefined {
  const { 'producer-id': id, 'producer-epoch': epochText, 'producer-seq': seqText } = headers
  if (id === undefined && epochText === undefined && seqText === undefined) return undefined
  const epoch = wholeNumber(epochText)
  const seq = wholeNumber(seqText)
  return typeof id === 'string' && id !== '' && epoch !== null && seq !== null ? { id, epoch, seq } : null
}

function wholeNumber(text: string | string[] | undefined): number | null {
  if (typeof text !== 'string' || !/^\d+$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}
