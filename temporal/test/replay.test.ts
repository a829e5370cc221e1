import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'
import { describe, expect, it } from 'vitest'
import { installRuntime } from '../src/worker/install-runtime.ts'
import { bundlePath } from './harness/test-engine.ts'

const ignore = () => undefined
installRuntime({ debug: ignore, info: ignore, warn: ignore, error: ignore })

const folder = new URL('histories/', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.json'))

async function readHistory(file: string): Promise<{ events: Record<string, unknown>[] }> {
  return JSON.parse(await readFile(new URL(file, folder), 'utf8'))
}

function replay(history: unknown): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { codePath: bundlePath } }, historyFromJSON(history))
}

describe('runs that were begun by an earlier version', () => {
  it('are at hand', () => {
    expect(files.length).toBeGreaterThan(0)
  })

  it.each(files)('%s goes the same way today', async (file) => {
    await replay(await readHistory(file))
  })

  it.each(files)('%s would be seen to go another way', async (file) => {
    const history = await readHistory(file)
    const text = JSON.stringify(history).replaceAll('"runNode"', '"somethingElse"')
    await expect(replay(JSON.parse(text))).rejects.toBeInstanceOf(DeterminismViolationError)
  })
})
