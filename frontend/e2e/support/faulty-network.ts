import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

interface Link {
  near: Socket
  far: Socket
  /** Bytes of both directions fall into a hole; neither end is told. */
  isSilent: boolean
}

/**
 * A network between a browser and a server of this machine. The browser's own offline switch leaves open sockets
 * alone; this one breaks them, as networks do.
 */
export class FaultyNetwork {
  /** Connections that were made through it, refused ones not counted. */
  acceptedCount = 0
  readonly #links = new Set<Link>()
  readonly #server = createServer({ noDelay: true }, (near) => this.#accept(near))
  readonly #targetPort: number
  #isDown = false
  /** Towards the browser; null: as fast as it takes them. */
  #bytesPerSecond: number | null = null

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
  }

  /** @param targetUrl where the connections lead. */
  static async before(targetUrl: string): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(Number(new URL(targetUrl).port))
    network.#server.listen(0, '127.0.0.1')
    await once(network.#server, 'listening')
    return network
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Connections that carry what they are given. */
  get soundCount(): number {
    return [...this.#links].filter(({ isSilent }) => !isSilent).length
  }

  /** Resets every connection (RST to both ends); answers how many there were. */
  reset(): number {
    const links = [...this.#links]
    for (const link of links) this.#end(link)
    return links.length
  }

  /** Every present connection goes on to exist and carries nothing any more: half-open. Later ones are sound. */
  silence(): number {
    for (const link of this.#links) link.isSilent = true
    return this.#links.size
  }

  /** Resets everything and refuses what comes, until `up`. */
  down(): void {
    this.#isDown = true
    this.reset()
  }

  /** @param bytesPerSecond bound of later connections towards the browser; none unless given. */
  up(bytesPerSecond: number | null = null): void {
    this.#isDown = false
    this.#bytesPerSecond = bytesPerSecond
  }

  async close(): Promise<void> {
    this.reset()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(near: Socket): void {
    near.on('error', () => undefined)
    if (this.#isDown) {
      near.resetAndDestroy()
      return
    }
    this.acceptedCount += 1
    const far = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true })
    far.on('error', () => undefined)
    const link: Link = { near, far, isSilent: false }
    this.#links.add(link)
    carry(link, { from: near, to: far, bytesPerSecond: null })
    carry(link, { from: far, to: near, bytesPerSecond: this.#bytesPerSecond })
    near.on('close', () => this.#end(link))
    far.on('close', () => !link.isSilent && this.#end(link))
  }

  #end(link: Link): void {
    this.#links.delete(link)
    for (const socket of [link.near, link.far]) {
      // A socket that still connects cannot be reset.
      if (socket.connecting) socket.destroy()
      else socket.resetAndDestroy()
    }
  }
}

/** Forwards one direction, holding one chunk at most. */
function carry(link: Link, { from, to, bytesPerSecond }: { from: Socket; to: Socket; bytesPerSecond: number | null }) {
  from.on('data', (bytes: Buffer) => {
    if (link.isSilent || to.destroyed) return
    const isTaken = to.write(bytes)
    if (bytesPerSecond !== null) {
      from.pause()
      setTimeout(() => from.resume(), (bytes.length / bytesPerSecond) * 1000)
    } else if (!isTaken) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  })
}
