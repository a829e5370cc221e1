import { proxyActivities } from '@temporalio/workflow'
import { WorkflowStream } from '@temporalio/workflow-streams/workflow'
import type { Way } from './write-text.ts'

const { writeText } = proxyActivities<{ writeText(input: { way: Way; executionId: string }): Promise<void> }>({
  startToCloseTimeout: 60_000,
})

/** A step that writes a text which people read meanwhile; by whichever way, the workflow is the same. */
export async function streamText(way: Way, executionId: string): Promise<void> {
  const stream = new WorkflowStream()
  stream.topic('text')
  await writeText({ way, executionId })
}
