import { proxyActivities } from '@temporalio/workflow'

const { work } = proxyActivities<{ work(): Promise<void> }>({ startToCloseTimeout: 60_000 })

/** What the engine is measured against: the same activities in a row, and nothing else. */
export async function bareActivities(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await work()
}
