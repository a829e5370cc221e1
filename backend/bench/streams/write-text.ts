import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client'
import type { AppendWorld } from '../append/append-world.ts'

/** Temporal Workflow Streams, polled without a pause or with the library's own; and ours: emitter, log, socket. */
export type Way = 'eager-streams' | 'streams' | 'ours'

/** 20 passages a second, as a model writes. */
const intervalMs = 50

/** The activity: gives each passage away as soon as it is there, and notes when. */
export function createWriteText(world: AppendWorld, passageCount: number, publishedAt: number[]) {
  return async ({ way, executionId }: { way: Way; executionId: string }): Promise<void> => {
    const began = performance.now()
    const client = way === 'ours' ? null : WorkflowStreamClient.fromWithinActivity()
    const appends: Promise<unknown>[] = []
    try {
      for (let index = 0; index < passageCount; index += 1) {
        await delay(Math.max(0, began + index * intervalMs - performance.now()))
        publishedAt[index] = performance.now()
        if (client === null) appends.push(world.emit(executionId, index))
        else client.topic('text').publish({ index, text: 'a passage of a model’s answer, ' }, { forceFlush: true })
      }
      await Promise.all(appends)
    } finally {
      // What is still held back is sent by it.
      await client?.[Symbol.asyncDispose]()
    }
  }
}
