import { waitUntil } from './wait-until.ts'

/** One event of a stream, as it came. */
export interface StreamEvent {
  id: string | null
  event: string
  data: Record<string, unknown>
}

/** Reads `text/event-stream` as it came, and does nothing by itself. */
export class EventStreamClient {
  readonly response: Response
  readonly events: StreamEvent[] = []
  /** Comments, which keep a quiet stream alive. */
  commentCount = 0
  hasEnded = false
  readonly #gone: AbortController
  #rest = ''
  #read = 0

  private constructor(response: Response, gone: AbortController) {
    this.response = response
    this.#gone = gone
    void this.#pump()
  }

  /** Also for refusals: look at `response.status`. */
  static async open(url: string, headers: Record<string, string>): Promise<EventStreamClient> {
    const gone = new AbortController()
    return new EventStreamClient(await fetch(url, { headers, signal: gone.signal }), gone)
  }

  /** The next event not yet read, which must be of this type. */
  async next(event: string): Promise<StreamEvent> {
    await waitUntil(() => this.events.length > this.#read || this.hasEnded, {
      timeoutMs: 10_000,
      intervalMs: 2,
      describe: () => `an event ${event}`,
    })
    const found = this.events[this.#read]
    if (found?.event !== event) throw new Error(`wanted ${event}, got ${JSON.stringify(found).slice(0, 300)}`)
    this.#read += 1
    return found
  }

  async ended(): Promise<void> {
    await waitUntil(() => this.hasEnded, { timeoutMs: 10_000, intervalMs: 2, describe: () => 'the end of a stream' })
  }

  close(): void {
    this.#gone.abort()
  }

  async #pump(): Promise<void> {
    const decoder = new TextDecoder()
    try {
      for await (const bytes of this.response.body ?? []) this.#take(decoder.decode(bytes, { stream: true }))
    } catch {
      // Cut, by either side.
    }
    this.hasEnded = true
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => line.split(/:(.*)/s, 2).map((part) => part.trim()) as [string, string]),
      )
      if (fields.has('')) this.commentCount += 1
      const [event, data] = [fields.get('event'), fields.get('data')]
      if (event === undefined || data === undefined) continue
      this.events.push({ id: fields.get('id') ?? null, event, data: JSON.parse(data) })
    }
  }
}
