import { printable } from './printable.ts'

interface Stream {
  /** Characters of the attempt's text taken so far. */
  taken: number
  /** The line that is not complete yet. */
  partial: string
}

/** Attempts whose place is remembered; a run that retries more often than this forgets its oldest. */
const streamsMax = 1000

/**
 * Cuts the text of attempts into lines. Passages name their offset, so one that comes twice, or as a part of a
 * snapshot, is printed once.
 */
export class StreamedText {
  readonly #streams = new Map<string, Stream>()
  /** Characters after which a line is broken at a space; null: only where the text breaks itself. */
  readonly #width: number | null

  constructor(width: number | null) {
    this.#width = width
  }

  /** The lines that this passage completes. */
  add(key: string, offset: number, chunk: string): string[] {
    const stream = this.#streamOf(key)
    const end = offset + chunk.length
    if (end <= stream.taken) return []
    const fresh = chunk.slice(Math.max(0, stream.taken - offset))
    stream.taken = end
    const lines = (stream.partial + printable(fresh)).split('\n')
    stream.partial = lines.pop() ?? ''
    return [...lines, ...this.#wrap(stream)]
  }

  partial(key: string): string {
    return this.#streams.get(key)?.partial ?? ''
  }

  /** The attempt is over: its last line, where it has one. */
  end(key: string): string[] {
    const stream = this.#streams.get(key)
    if (stream === undefined || stream.partial === '') return []
    const { partial } = stream
    stream.partial = ''
    return [partial]
  }

  #streamOf(key: string): Stream {
    const known = this.#streams.get(key)
    if (known !== undefined) return known
    const stream = { taken: 0, partial: '' }
    this.#streams.set(key, stream)
    const [oldest] = this.#streams.keys()
    if (this.#streams.size > streamsMax && oldest !== undefined) this.#streams.delete(oldest)
    return stream
  }

  #wrap(stream: Stream): string[] {
    const lines: string[] = []
    while (this.#width !== null && stream.partial.length > this.#width) {
      const space = stream.partial.lastIndexOf(' ', this.#width)
      const end = space > 0 ? space : this.#width
      lines.push(stream.partial.slice(0, end))
      stream.partial = stream.partial.slice(space > 0 ? end + 1 : end)
    }
    return lines
  }
}
