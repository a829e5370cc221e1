import { brokenFrames, WireClient } from '../test/support/wire-client.ts'
import { count, type TortureWorld } from './probe-context.ts'

/** Bytes that break RFC 6455: each ends its own connection with the code for it, and disturbs nobody else. */
export async function breakFrames(world: TortureWorld): Promise<void> {
  const { installation, tenants, random } = world
  const { process } = random.pick(installation.apis)
  const token = await random.pick(tenants[0].accounts).token()
  for (const { what, frames, code } of brokenFrames) {
    // It may be refused, or killed meanwhile.
    const client = await WireClient.open(process.port, token).catch(() => null)
    if (client === null) continue
    client.send(...frames())
    const end = await client.ended(10_000).catch(() => undefined)
    const isAlive = process.child.exitCode === null && process.child.signalCode === null
    if (end === undefined && isAlive) world.problems.push(`${what} left the connection open`)
    if (end?.code != null && end.code !== code) world.problems.push(`${what} was answered with ${end.code}`)
    client.destroy()
    count(world, 'broken frames')
  }
}
