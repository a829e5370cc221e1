import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EnginePorts } from '../../src/ports.ts'

/** A call of the child on one of our stores. */
export interface PortCall {
  id: number
  port: 'append' | 'finalize' | 'find' | 'store'
  args: unknown[]
}

export interface PortReply {
  id: number
  value?: unknown
  error?: string
}

const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url))

/** Starts `worker-process.ts` over the given stores; resolves when it polls. The caller kills it. */
export async function startWorkerChild(address: string, ports: EnginePorts): Promise<ChildProcess> {
  const child = fork(script, [address], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const calls = {
    append: ports.events.append.bind(ports.events),
    finalize: ports.events.finalize.bind(ports.events),
    find: ports.nodeResults.find,
    store: ports.nodeResults.store,
  } as unknown as Record<PortCall['port'], (...args: unknown[]) => Promise<unknown>>
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with code ${code} before it was ready`)))
    child.on('message', (message: PortCall | 'ready') => {
      if (message === 'ready') return resolve()
      const { id, port, args } = message
      const reply = (answer: Omit<PortReply, 'id'>) => {
        if (child.connected) child.send({ id, ...answer } satisfies PortReply)
      }
      calls[port](...args).then(
        (value) => reply({ value }),
        (error: Error) => reply({ error: error.message }),
      )
    })
  })
  return child
}
