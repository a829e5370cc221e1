export interface Sent {
  type: string
  [field: string]: unknown
}

/** The other end of a connection, in a test's hands. */
export class FakeSocket {
  static all: FakeSocket[] = []
  readyState = 0
  readonly #listeners = new Map<string, (event: never) => void>()
  readonly sent: Sent[] = []
  readonly url: string
  readonly protocols: string[]
  isClosedByClient = false

  constructor(url: string, protocols: string[] = []) {
    this.url = url
    this.protocols = protocols
    FakeSocket.all.push(this)
  }

  static get current(): FakeSocket {
    const socket = FakeSocket.all.at(-1)
    if (socket === undefined) throw new Error('no socket')
    return socket
  }

  addEventListener(type: string, listener: (event: never) => void) {
    this.#listeners.set(type, listener)
  }

  send(data: string) {
    this.sent.push(JSON.parse(data))
  }

  close() {
    this.isClosedByClient = true
  }

  /** The server introduces itself. */
  greet(capabilities: string[] = []) {
    this.readyState = 1
    this.say({
      type: 'connected',
      connectionId: 'c',
      heartbeatIntervalMs: 25_000,
      tokenExpiresAt: null,
      capabilities,
    })
  }

  say(frame: object) {
    this.#tell('message', { data: JSON.stringify({ timestamp: 0, ...frame }) })
  }

  drop(code: number, reason = '') {
    this.readyState = 3
    this.#tell('close', { code, reason })
  }

  /** What was sent of a type, oldest first. */
  all(type: string): Sent[] {
    return this.sent.filter((message) => message.type === type)
  }

  last(type: string): Sent {
    const found = this.all(type).at(-1)
    if (found === undefined) throw new Error(`no ${type} was sent`)
    return found
  }

  /** The server's yes to the last subscribe of a name. */
  accept(name: { executionId: string } | { channel: string }, place: { seq: number; epoch: string; topic?: string }) {
    const asked = this.all('subscribe').findLast((message) =>
      Object.entries(name).every(([key, value]) => message[key] === value),
    )
    if (asked === undefined) throw new Error(`${JSON.stringify(name)} was not asked for`)
    this.say({ type: 'subscribed', id: asked['id'], ...name, ...place })
  }

  #tell(type: string, event: object) {
    this.#listeners.get(type)?.(event as never)
  }
}
