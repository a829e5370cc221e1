import { systemTimers, type Timers } from '../timers.ts'
import { eventLimits } from './envelope.ts'
import { eventId } from './event-id.ts'
import type { EventDraftOf } from './index.ts'

/** Whose text it is; travels in every chunk. */
export interface StreamSource {
  executionId: string
  nodeId: string
  nodePath: string
  iteration: number
  attempt: number
}

export interface StreamCoalescerOptions {
  source: StreamSource
  /** Stores one chunk. Retries by itself what can be retried: a rejection ends the stream. Called one at a time, in order. */
  emit: (draft: EventDraftOf<'node:stream'>) => Promise<unknown>
  timers?: Timers
  /**
   * Shortest time between two chunks, milliseconds. 30: two frames of a 60 Hz screen; a faster stream would
   * cost writes nobody can see.
   */
  intervalMs?: number
  /** Text that may wait for the log, in UTF-16 units; beyond it `push` holds the producer back. */
  waitingCharactersMax?: number
}

/**
 * Joins pieces of model text into chunks with contiguous offsets. The first piece after a pause leaves
 * at once; under load there is one chunk per interval. While the log is slow text gathers, and then the
 * producer waits: nothing is dropped and nothing grows without bound.
 */
export class StreamCoalescer {
  readonly #source: StreamSource
  readonly #emit: StreamCoalescerOptions['emit']
  readonly #timers: Timers
  readonly #intervalMs: number
  readonly #waitingCharactersMax: number
  #waitingText = ''
  #waitingTokens = 0
  #offset = 0
  #index = 0
  #lastEmitAt = Number.NEGATIVE_INFINITY
  #timer: unknown = null
  #sending: Promise<void> | null = null
  #isFlushing = false
  #failure: { error: unknown } | null = null

  constructor(options: StreamCoalescerOptions) {
    this.#source = options.source
    this.#emit = options.emit
    this.#timers = options.timers ?? systemTimers
    this.#intervalMs = options.intervalMs ?? 30
    this.#waitingCharactersMax = options.waitingCharactersMax ?? 64 * 1024
  }

  /** Characters taken so far: the offset of the next piece. */
  get length(): number {
    return this.#offset + this.#waitingText.length
  }

  /** Takes a piece of text. Await it: it resolves at once unless too much waits. Throws what `emit` threw. */
  async push(text: string, tokens = 0): Promise<void> {
    this.#throwFailure()
    this.#waitingText += text
    this.#waitingTokens += tokens
    this.#schedule()
    while (this.#waitingText.length > this.#waitingCharactersMax) {
      await this.#send()
      this.#throwFailure()
    }
  }

  /** Resolves when every piece is stored. Throws what `emit` threw. */
  async flush(): Promise<void> {
    this.#stopTimer()
    this.#isFlushing = true
    try {
      while (this.#failure === null && (this.#waitingText !== '' || this.#sending !== null)) await this.#send()
    } finally {
      this.#isFlushing = false
    }
    this.#throwFailure()
  }

  /**
   * Stores what was said after all text so far: at once, and behind the text that waits, which `store` is given to
   * store with it. Throws what `store` threw; the stream is over then, for the text is not stored.
   */
  async carry(store: (waiting: EventDraftOf<'node:stream'>[]) => Promise<unknown>): Promise<void> {
    while (this.#sending !== null) await this.#sending
    this.#throwFailure()
    this.#stopTimer()
    const waiting: EventDraftOf<'node:stream'>[] = []
    for (let draft = this.#takeChunk(); draft !== null; draft = this.#takeChunk()) waiting.push(draft)
    await this.#begin(this.#store(() => store(waiting)))
    this.#throwFailure()
  }

  #schedule(): void {
    if (this.#timer !== null || this.#sending !== null || this.#waitingText === '') return
    const dueIn = this.#lastEmitAt + this.#intervalMs - this.#timers.now()
    if (dueIn <= 0) {
      void this.#send()
      return
    }
    this.#timer = this.#timers.setTimeout(() => {
      this.#timer = null
      void this.#send()
    }, dueIn)
  }

  /** Never rejects: a failure is kept and thrown to whoever pushes or flushes. */
  #send(): Promise<void> {
    return this.#sending ?? this.#begin(this.#sendOne())
  }

  #begin(storing: Promise<void>): Promise<void> {
    this.#sending = storing.finally(() => {
      this.#sending = null
      if (this.#failure === null && !this.#isFlushing) this.#schedule()
    })
    return this.#sending
  }

  async #sendOne(): Promise<void> {
    this.#stopTimer()
    const draft = this.#takeChunk()
    if (draft !== null) await this.#store(() => this.#emit(draft))
  }

  async #store(emit: () => Promise<unknown>): Promise<void> {
    try {
      await emit()
    } catch (error) {
      this.#failure = { error }
    }
  }

  /** Null: no text waits. */
  #takeChunk(): EventDraftOf<'node:stream'> | null {
    const chunk = headOf(this.#waitingText, eventLimits.chunkCharactersMax)
    if (chunk === '') return null
    const isLast = chunk.length === this.#waitingText.length
    const tokens = isLast
      ? this.#waitingTokens
      : Math.round((this.#waitingTokens * chunk.length) / this.#waitingText.length)
    this.#waitingText = this.#waitingText.slice(chunk.length)
    this.#waitingTokens -= tokens
    const draft = this.#draftOf(chunk, tokens)
    this.#offset += chunk.length
    this.#index += 1
    this.#lastEmitAt = this.#timers.now()
    return draft
  }

  #draftOf(chunk: string, tokens: number): EventDraftOf<'node:stream'> {
    const { nodePath, attempt } = this.#source
    return {
      type: 'node:stream',
      eventId: eventId({ nodePath, type: 'node:stream', attempt, ordinal: this.#index }),
      timestamp: this.#timers.now(),
      ...this.#source,
      chunk,
      offset: this.#offset,
      ...(tokens > 0 ? { tokens } : {}),
    }
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#timers.clearTimeout(this.#timer)
    this.#timer = null
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error
  }
}

/** The first characters of a text, never half of a surrogate pair. */
function headOf(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  const last = text.charCodeAt(charactersMax - 1)
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isHighSurrogate ? charactersMax - 1 : charactersMax)
}
