import { NativeConnection } from '@temporalio/worker'
import { createWorkers } from '../../src/create-worker.ts'
import type { AppendOutcome, EnginePorts } from '../../src/ports.ts'
import { installRuntime } from '../../src/worker/install-runtime.ts'
import { createMemoryPorts } from './memory-ports.ts'
import { bundlePath } from './test-engine.ts'
import type { PortCall, PortReply } from './worker-child.ts'

/**
 * A worker in a process of its own, so that it can be killed: argument 1 is the server's address. Its stores
 * are those of the process that started it, reached over IPC. Its model never ends by itself.
 */
const [address = ''] = process.argv.slice(2)
const ignore = () => undefined
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
let callCount = 0

process.on('message', ({ id, value, error }: PortReply) => {
  const settlers = waiting.get(id)
  waiting.delete(id)
  if (error === undefined) settlers?.resolve(value)
  else settlers?.reject(new Error(error))
})
// Without its parent it would be a worker that nobody knows of.
process.on('disconnect', () => process.exit(1))

function call<T>(port: PortCall['port'], args: unknown[]): Promise<T> {
  const id = ++callCount
  return new Promise<T>((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
    process.send?.({ id, port, args } satisfies PortCall)
  })
}

const ports: EnginePorts = {
  ...createMemoryPorts(),
  events: {
    append: (owner, drafts) => call<AppendOutcome[]>('append', [owner, drafts]),
    finalize: (owner, request) => call<void>('finalize', [owner, request]),
  },
  nodeResults: {
    find: (executionId, nodePath) => call('find', [executionId, nodePath]),
    store: (executionId, nodePath, result) => call('store', [executionId, nodePath, result]),
  },
  models: {
    async generate({ onText }) {
      await onText('written by a worker that dies', 6)
      return new Promise(() => undefined)
    },
  },
}

installRuntime({ debug: ignore, info: ignore, warn: ignore, error: ignore })
const connection = await NativeConnection.connect({ address })
await createWorkers({ connection, namespace: 'default', ports, workflowBundle: { codePath: bundlePath } })
process.send?.('ready')
