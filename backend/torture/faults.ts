import { authorityEnds } from './authority-probes.ts'
import { connectionFloods } from './connection-floods.ts'
import { count, openRawSocket, pause, span, type TortureWorld } from './probe-context.ts'
import { crossTenant, floods, forgedTokens, malformedInput } from './probes.ts'
import { breakFrames } from './wire-probes.ts'

export interface Fault {
  name: string
  /** Two of one kind never happen at the same time. */
  kind: 'api' | 'worker' | 'redis' | 'database' | 'temporal' | 'network' | 'probe' | 'authority'
  /** Makes it and takes it back. */
  run: (world: TortureWorld) => Promise<void>
}

/**
 * What may not be made at the same time as a kind, besides itself. While what carries the news is away nobody can promise
 * that a right ends within a second; without its database a process does not start, and a question has no answer.
 */
const clashes: Partial<Record<Fault['kind'], readonly Fault['kind'][]>> = {
  authority: ['api', 'redis', 'database'],
  database: ['api', 'worker', 'probe', 'authority'],
}

/** Whether two may not be made at the same time. */
export function clash(one: Fault, other: Fault): boolean {
  const isNamed = (first: Fault, second: Fault) => clashes[first.kind]?.includes(second.kind) === true
  return one.kind === other.kind || isNamed(one, other) || isNamed(other, one)
}

export const faults: readonly Fault[] = [
  { name: 'kill-api', kind: 'api', run: killApi },
  { name: 'stop-api', kind: 'api', run: stopApi },
  { name: 'rolling-restart', kind: 'api', run: rollingRestart },
  { name: 'kill-worker', kind: 'worker', run: killWorker },
  { name: 'stop-worker', kind: 'worker', run: stopWorker },
  { name: 'redis-kill', kind: 'redis', run: redisKill },
  { name: 'redis-flush', kind: 'redis', run: (world) => redisCommand(world, ['flushall']) },
  {
    name: 'redis-kill-clients',
    kind: 'redis',
    run: (world) => redisCommand(world, ['client', 'kill', 'type', 'pubsub']),
  },
  { name: 'redis-pause', kind: 'redis', run: redisPause },
  { name: 'database-cut', kind: 'database', run: databaseCut },
  { name: 'database-blackhole', kind: 'database', run: databaseBlackhole },
  { name: 'database-refuses', kind: 'database', run: databaseRefuses },
  { name: 'temporal-stop', kind: 'temporal', run: temporalStop },
  { name: 'reconnect-storm', kind: 'network', run: reconnectStorm },
  { name: 'slow-clients', kind: 'network', run: slowClients },
  { name: 'half-open', kind: 'network', run: halfOpen },
  { name: 'swallow', kind: 'network', run: swallow },
  { name: 'cut-at-byte', kind: 'network', run: cutAtByte },
  { name: 'never-reading', kind: 'network', run: neverReading },
  { name: 'forged-tokens', kind: 'probe', run: forgedTokens },
  { name: 'malformed', kind: 'probe', run: malformedInput },
  { name: 'broken-frames', kind: 'probe', run: breakFrames },
  { name: 'floods', kind: 'probe', run: floods },
  { name: 'connection-floods', kind: 'probe', run: connectionFloods },
  { name: 'cross-tenant', kind: 'probe', run: crossTenant },
  { name: 'authority-ends', kind: 'authority', run: authorityEnds },
]

async function killApi({ installation, random }: TortureWorld): Promise<void> {
  const slot = random.pick(installation.apis)
  await slot.process.kill()
  await installation.restartApi(slot)
}

/** A zombie that holds sockets, and comes back as if nothing had been. */
async function stopApi(world: TortureWorld): Promise<void> {
  const { process } = world.random.pick(world.installation.apis)
  process.child.kill('SIGSTOP')
  await pause(span(world, 20_000, 2500))
  process.child.kill('SIGCONT')
}

async function rollingRestart({ installation }: TortureWorld): Promise<void> {
  for (const slot of installation.apis) {
    await slot.process.stop()
    await installation.restartApi(slot)
  }
}

async function killWorker({ installation, random }: TortureWorld): Promise<void> {
  const index = random.whole(0, installation.workers.length - 1)
  await installation.workers[index]?.kill()
  await installation.restartWorker(index)
}

async function stopWorker(world: TortureWorld): Promise<void> {
  const worker = world.random.pick(world.installation.workers)
  worker.child.kill('SIGSTOP')
  await pause(span(world, 20_000, 2500))
  worker.child.kill('SIGCONT')
}

/** Its second life knows nothing of the first. */
async function redisKill(world: TortureWorld): Promise<void> {
  const { redis } = world.installation
  await redis?.kill()
  await pause(world.random.whole(100, span(world, 8000, 1000)))
  await redis?.start()
}

async function redisCommand({ installation }: TortureWorld, [name = '', ...parameters]: string[]): Promise<void> {
  await installation.redis?.command(name, ...parameters)
}

async function redisPause(world: TortureWorld): Promise<void> {
  const pauseMs = span(world, 5000, 1000)
  await world.installation.redis?.command('client', 'pause', String(pauseMs), 'all')
  await pause(pauseMs)
}

async function databaseCut({ installation, random }: TortureWorld): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    installation.databaseNetwork.cutAll(random.pick(['fin', 'rst']))
    await pause(random.whole(50, 500))
  }
}

async function databaseBlackhole(world: TortureWorld): Promise<void> {
  const { databaseNetwork } = world.installation
  databaseNetwork.blackhole()
  await pause(world.random.whole(500, span(world, 10_000, 1500)))
  // After a real one the old connections are gone as often as they go on.
  if (world.random.next() < 0.5) databaseNetwork.cutAll('rst')
  databaseNetwork.heal()
}

async function databaseRefuses(world: TortureWorld): Promise<void> {
  const { databaseNetwork } = world.installation
  databaseNetwork.refuse()
  databaseNetwork.cutAll('rst')
  await pause(span(world, 10_000, 1500))
  databaseNetwork.heal()
}

async function temporalStop(world: TortureWorld): Promise<void> {
  const { pid } = world.installation.temporal
  if (pid === undefined) return
  process.kill(pid, 'SIGSTOP')
  await pause(span(world, 20_000, 2000))
  process.kill(pid, 'SIGCONT')
}

async function reconnectStorm(world: TortureWorld): Promise<void> {
  for (let times = 0; times < 10; times += 1) {
    for (const { steady, shaky } of world.installation.apis) {
      count(world, 'connections cut', steady.cutAll('rst') + shaky.cutAll('fin'))
    }
    await pause(world.random.whole(20, span(world, 800, 200)))
  }
}

async function shakyFor(
  world: TortureWorld,
  ms: number,
  begin: (slot: TortureWorld['installation']['apis'][number]) => void,
): Promise<void> {
  for (const slot of world.installation.apis) begin(slot)
  await pause(ms)
  for (const { shaky } of world.installation.apis) shaky.heal()
}

function slowClients(world: TortureWorld): Promise<void> {
  const bytesPerSecond = world.random.pick([1, 200, 2000])
  return shakyFor(world, span(world, 20_000, 2500), ({ shaky }) => shaky.slow(bytesPerSecond))
}

function halfOpen(world: TortureWorld): Promise<void> {
  const direction = world.random.pick(['both', 'toClient', 'toServer'] as const)
  return shakyFor(world, span(world, 20_000, 2500), ({ shaky }) => shaky.blackhole(direction))
}

function swallow(world: TortureWorld): Promise<void> {
  return shakyFor(world, span(world, 15_000, 2000), ({ shaky }) => shaky.swallow('toClient'))
}

/** Handshakes take some 250 bytes; what follows are frames. */
function cutAtByte(world: TortureWorld): Promise<void> {
  const { random } = world
  return shakyFor(world, span(world, 10_000, 2500), ({ shaky }) => {
    for (let times = 0; times < 30; times += 1) {
      const position = random.next() < 0.5 ? random.whole(0, 400) : random.whole(400, 20_000)
      shaky.cutAtByte({ position, direction: random.pick(['toClient', 'toServer']), kind: random.pick(['fin', 'rst']) })
      count(world, 'cuts at a byte')
    }
    shaky.cutAll('rst')
  })
}

/** Follows all there is and reads nothing. */
async function neverReading(world: TortureWorld): Promise<void> {
  const { installation, tenants, workloads, random } = world
  const token = await tenants[0].accounts.at(-1)?.token()
  const sockets = Array.from({ length: 3 }, () =>
    openRawSocket(random.pick(installation.apis).process.port, token ?? ''),
  )
  for (const socket of sockets) {
    if (!(await socket.greeted())) continue
    for (const { executionId } of workloads[0].runs.slice(-30))
      socket.send({ type: 'subscribe', executionId, since: 0 })
    socket.socket.pause()
    count(world, 'clients that never read')
  }
  await pause(span(world, 20_000, 2000))
  for (const socket of sockets) socket.end()
}
