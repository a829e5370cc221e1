import { clash, type Fault, faults } from './faults.ts'
import { count, pause, type TortureWorld } from './probe-context.ts'

/** Makes faults until a moment: each alone first, then two of different kinds at a time; in the short form three at once. */
export async function makeFaults(world: TortureWorld, until: number, only: string | null): Promise<void> {
  const possible = faults.filter(({ kind }) => kind !== 'redis' || world.installation.redis !== null)
  if (only !== null) {
    const chosen = possible.filter(({ name }) => name === only)
    if (chosen.length === 0)
      throw new Error(`there is no fault ${only}; there are ${possible.map(({ name }) => name).join(', ')}`)
    while (Date.now() < until && isWhole(world)) await makeTogether(world, chosen)
    return
  }
  const order = world.random.sample(possible, possible.length)
  if (world.isShort) {
    await makeInLanes(world, order, until)
    return
  }
  for (const fault of order) if (Date.now() < until && isWhole(world)) await makeTogether(world, [fault])
  while (Date.now() < until && isWhole(world)) {
    const first = world.random.pick(possible)
    const second = world.random.pick(possible.filter((fault) => !clash(first, fault)))
    await makeTogether(world, [first, second])
  }
}

/** A process that ended by itself is a finding; more faults would hide it. */
function isWhole({ installation }: TortureWorld): boolean {
  return installation.died().length === 0
}

async function makeTogether(world: TortureWorld, together: readonly Fault[]): Promise<void> {
  await Promise.all(together.map((fault) => make(world, fault)))
  await pause(world.random.whole(200, world.isShort ? 500 : 3000))
}

/** Three lanes, so that everything has its turn in little time; never two that clash. */
async function makeInLanes(world: TortureWorld, order: readonly Fault[], until: number): Promise<void> {
  const waiting = [...order]
  const busy = new Set<Fault>()
  const lane = async () => {
    while (Date.now() < until && waiting.length > 0) {
      const index = waiting.findIndex((fault) => ![...busy].some((other) => clash(fault, other)))
      const [fault] = index < 0 ? [] : waiting.splice(index, 1)
      if (fault === undefined) {
        await pause(50)
        continue
      }
      busy.add(fault)
      await make(world, fault)
      busy.delete(fault)
    }
  }
  await Promise.all([lane(), lane(), lane()])
}

async function make(world: TortureWorld, fault: Fault): Promise<void> {
  world.print(fault.name)
  try {
    await fault.run(world)
    count(world, `fault ${fault.name}`)
  } catch (error) {
    // A probe may meet an installation that is away by another fault; what is wrong then shows in what clients saw.
    if (fault.kind === 'probe' || fault.kind === 'authority') count(world, `${fault.name} given up`)
    else
      world.problems.push(
        `the fault ${fault.name} could not be made: ${error instanceof Error ? error.message : String(error)}`,
      )
  }
}
