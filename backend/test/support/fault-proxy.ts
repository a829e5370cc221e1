import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type CutKind, FaultPipe, type Flow } from './fault-pipe.ts'

export type Direction = 'toClient' | 'toServer' | 'both'

export interface CutPlan {
  /** Bytes let through in that direction before the cut; 0 cuts before the first. */
  position: number
  direction: 'toClient' | 'toServer'
  kind?: CutKind
  /** How many of the next connections meet this cut; 1 by default. */
  times?: number
}

interface Link {
  client: Socket
  server: Socket
  toServer: FaultPipe
  toClient: FaultPipe
}

/**
 * A network between a client and a server on this machine that can fail in every way a test asks for. What is set by
 * `flow` holds for present and later connections until `heal`.
 */
export class FaultProxy {
  acceptedCount = 0
  readonly #server: Server
  readonly #links = new Set<Link>()
  readonly #flows: { toClient: Flow; toServer: Flow } = { toClient: { kind: 'pass' }, toServer: { kind: 'pass' } }
  #targetPort: number
  #isRefusing = false
  #cuts: Required<CutPlan>[] = []

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
    // Half-open is allowed, so that an end of one direction is passed on and does not close the other.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client))
  }

  static async open(options: { targetPort: number; port?: number }): Promise<FaultProxy> {
    const proxy = new FaultProxy(options.targetPort)
    proxy.#server.listen(options.port ?? 0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get linkCount(): number {
    return this.#links.size
  }

  /** Where later connections lead. */
  setTarget(port: number): void {
    this.#targetPort = port
  }

  /** Ends every connection in order (FIN both ways) or abruptly (RST both ways). */
  cutAll(kind: CutKind = 'fin'): number {
    const links = [...this.#links]
    for (const link of links) this.#cut(link, kind)
    return links.length
  }

  /** Later connections are reset at once; true until `heal`. */
  refuse(): void {
    this.#isRefusing = true
  }

  /** Nothing passes, not even an end, as when a cable is pulled. Bytes in flight wait for `heal`. */
  blackhole(direction: Direction = 'both'): void {
    this.#setFlow(direction, { kind: 'blackhole' })
  }

  /** Reads and forwards nothing: the sender believes everything arrived. */
  swallow(direction: Direction = 'toClient'): void {
    this.#setFlow(direction, { kind: 'swallow' })
  }

  slow(bytesPerSecond: number, direction: Direction = 'toClient'): void {
    this.#setFlow(direction, { kind: 'slow', bytesPerSecond })
  }

  /** Lets at most `position` bytes of a later connection through, then cuts it. Plans are met in order. */
  cutAtByte(plan: CutPlan): void {
    this.#cuts.push({ kind: 'rst', times: 1, ...plan })
  }

  /** Everything passes again. A connection that lost bytes is reset: its stream has a hole. */
  heal(): void {
    this.#isRefusing = false
    this.#cuts = []
    for (const link of this.#links) {
      const hasLostBytes = link.toClient.hasLostBytes || link.toServer.hasLostBytes
      if (hasLostBytes || link.client.destroyed || link.server.destroyed) this.#cut(link, 'rst')
    }
    this.#setFlow('both', { kind: 'pass' })
  }

  async close(): Promise<void> {
    this.cutAll('rst')
    this.#server.close()
    await once(this.#server, 'close')
  }

  #setFlow(direction: Direction, flow: Flow): void {
    for (const way of ['toClient', 'toServer'] as const) {
      if (direction !== 'both' && direction !== way) continue
      this.#flows[way] = flow
      for (const link of this.#links) link[way].setFlow(flow)
    }
  }

  #accept(client: Socket): void {
    this.acceptedCount += 1
    client.on('error', () => undefined)
    if (this.#isRefusing) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    server.on('error', () => undefined)
    const link = {
      client,
      server,
      toServer: new FaultPipe(client, server),
      toClient: new FaultPipe(server, client),
    }
    this.#links.add(link)
    for (const [near, far] of [
      [client, server],
      [server, client],
    ] as const) {
      near.on('close', (hadError) => this.#closed(link, far, hadError))
    }
    link.toServer.setFlow(this.#flows.toServer)
    link.toClient.setFlow(this.#flows.toClient)
    this.#planCut(link)
  }

  #planCut(link: Link): void {
    const plan = this.#cuts[0]
    if (plan === undefined) return
    plan.times -= 1
    if (plan.times <= 0) this.#cuts.shift()
    link[plan.direction].cutAt(plan.position, () => this.#cut(link, plan.kind))
  }

  /** One side is gone. The other learns it as it happened, unless nothing passes towards it. */
  #closed(link: Link, far: Socket, hadError: boolean): void {
    const flow = this.#flows[far === link.client ? 'toClient' : 'toServer'].kind
    if (hadError && !far.destroyed) {
      if (flow === 'blackhole' || flow === 'swallow') return
      destroy(far, 'rst')
    }
    if (far.destroyed) this.#forget(link)
  }

  #cut(link: Link, kind: CutKind): void {
    this.#forget(link)
    destroy(link.client, kind)
    destroy(link.server, kind)
  }

  #forget(link: Link): void {
    this.#links.delete(link)
    link.toClient.stop()
    link.toServer.stop()
  }
}

function destroy(socket: Socket, kind: CutKind): void {
  if (kind === 'fin') socket.destroySoon()
  // A socket that still connects cannot be reset.
  else if (socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
