import { connect, type Socket } from 'node:net'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { count, openRawSocket, pause, span, type TortureWorld } from './probe-context.ts'

/** Three times what one user may have in one process. */
const socketsOfOneUser = 60
/** A little more than the 20 that a user may have: some close while others are let in. */
const letInMax = 20
const slowUpgrades = 30

/** More connections than one user may have, and many that never finish their handshake. */
export async function connectionFloods(world: TortureWorld): Promise<void> {
  await Promise.all([manyOfOneUser(world), neverUpgraded(world)])
}

async function manyOfOneUser(world: TortureWorld): Promise<void> {
  const { installation, tenants, random } = world
  const { process } = random.pick(installation.apis)
  const token = await tenants[0].accounts.at(-1)?.token()
  const sockets = Array.from({ length: socketsOfOneUser }, () => openRawSocket(process.port, token ?? ''))
  await Promise.all(sockets.map((socket) => socket.greeted(10_000)))
  const letIn = sockets.filter(({ isGreeted, closeCode }) => isGreeted && closeCode === null).length
  if (letIn > letInMax) world.problems.push(`one user has ${letIn} connections at one process`)
  const codes = new Set(sockets.flatMap(({ closeCode }) => (closeCode === null ? [] : [closeCode])))
  for (const code of codes) {
    // 1006: the process was killed or cut meanwhile.
    if (![closeCodes.tryLater, closeCodes.leaving, 1006].includes(code))
      world.problems.push(`a flood of connections was answered with ${code}`)
  }
  for (const socket of sockets) socket.end()
  count(world, 'connections of one user', socketsOfOneUser)
}

/** Byte after byte of a request that has no end. */
async function neverUpgraded(world: TortureWorld): Promise<void> {
  const { port } = world.random.pick(world.installation.apis).process
  const sockets = Array.from({ length: slowUpgrades }, (): Socket => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    return socket
  })
  const request = 'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n'
  const steps = span(world, 40, 10)
  for (let step = 0; step < steps; step += 1) {
    for (const socket of sockets) if (!socket.destroyed) socket.write(request[step] ?? 'x')
    await pause(200)
  }
  for (const socket of sockets) socket.destroy()
  count(world, 'handshakes without an end', slowUpgrades)
}
