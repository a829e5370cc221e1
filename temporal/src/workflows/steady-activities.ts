import { proxyActivities } from '@temporalio/workflow'
import type { EngineActivities } from '../activities/engine-activities.ts'

/** Activities that must succeed some time: tried without end, for the run cannot go on or end without them. */
export const { admit, finalize } = proxyActivities<Pick<EngineActivities, 'admit' | 'finalize'>>({
  startToCloseTimeout: 10_000,
  retry: { initialInterval: 50, backoffCoefficient: 2, maximumInterval: 5000 },
})
