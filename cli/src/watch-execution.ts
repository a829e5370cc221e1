import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { z } from 'zod'
import { createApiClient } from './api-client.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Host } from './host.ts'
import { ExecutionPrinter } from './output/execution-printer.ts'
import { Screen } from './output/screen.ts'
import { styleFor } from './output/style.ts'
import type { Server } from './server.ts'
import { tellConnection } from './tell-connection.ts'

export function openSocket({ url, apiKey }: Server): SocketClient {
  return createSocketClient({ url: `${url.replace(/^http/i, 'ws')}/ws`, getToken: () => apiKey })
}

/** The part of the answer that is used here. */
const Drawing = z.object({
  definition: z.object({ nodes: z.array(z.object({ id: z.string(), name: z.string().optional() })) }),
})

interface Follower {
  snapshot(state: ExecutionView): void
  event(event: object): void
  view(view: ExecutionView): void
  note(text: string): void
  /** With null: it goes on without us. */
  end(view: ExecutionView | null): void
}

/**
 * Follows a run to its end, through reconnects. Returns the exit code: 0 completed, 1 failed or cancelled, 130 after
 * Ctrl-C, which leaves the run alone. Throws CliError when the server refuses to show it.
 */
export async function watchExecution(
  host: Host,
  server: Server,
  { executionId, isJson }: { executionId: string; isJson: boolean },
): Promise<number> {
  const follower = isJson
    ? jsonFollower(host, executionId)
    : printingFollower(host, await readStepNames(server, executionId))
  const client = openSocket(server)
  let view: ExecutionView | null = null
  let seq = 0
  let leave = () => {}
  try {
    return await new Promise<number>((resolve, reject) => {
      leave = host.onInterrupt(() => {
        follower.end(null)
        host.stderr.write(`Detached; the run goes on. See it again with: millrace watch ${executionId}\n`)
        resolve(exitCodes.interrupted)
      })
      // Numbers may have begun anew: then the snapshot that follows counts whatever its number.
      client.on('resync', (frame) => {
        if (frame.executionId === executionId) seq = -1
      })
      client.on('snapshot', (frame) => {
        if (frame.executionId !== executionId || frame.state === undefined || frame.seq <= seq) return
        seq = frame.seq
        follower.snapshot(frame.state)
      })
      tellConnection(client, { note: (text) => follower.note(text), fail: reject })
      client.followExecution(executionId, {
        onEvent: (event) => {
          seq = event.seq
          follower.event(event)
        },
        onView: (next) => {
          view = next
          follower.view(next)
        },
        onEnded: () => {
          follower.end(view)
          resolve(view?.status === 'completed' ? exitCodes.done : exitCodes.failed)
        },
        onError: ({ code, message }) => reject(new CliError(code, message)),
      })
      client.connect()
    })
  } catch (error) {
    follower.end(null)
    throw error
  } finally {
    leave()
    client.close()
  }
}

/** Names of the steps by id, as the run's version of the workflow has them. */
async function readStepNames({ url, apiKey }: Server, executionId: string): Promise<Map<string, string>> {
  const path = `/api/executions/${encodeURIComponent(executionId)}/definition`
  const { definition } = await createApiClient(url, apiKey).request('GET', path, { schema: Drawing })
  return new Map(definition.nodes.map(({ id, name }) => [id, name ?? id]))
}

function printingFollower(host: Host, names: ReadonlyMap<string, string>): Follower {
  const printer = new ExecutionPrinter(new Screen(host.stdout), styleFor(host.stdout, host.env), names)
  return {
    snapshot: (state) => printer.snapshot(state),
    event: (event) => printer.event(event as Parameters<typeof printer.event>[0]),
    view: (view) => printer.view(view),
    note: (text) => printer.note(text),
    end: (view) => (view === null ? printer.clearStatus() : printer.end(view)),
  }
}

/** Each event as the server sent it; a `snapshot` line stands for all events up to its `seq`. */
function jsonFollower({ stdout, stderr }: Host, executionId: string): Follower {
  const write = (value: object) => stdout.write(`${JSON.stringify(value)}\n`)
  return {
    snapshot: (state) => write({ type: 'snapshot', executionId, seq: state.seq, state }),
    event: write,
    view: () => undefined,
    note: (text) => stderr.write(`${text}\n`),
    end: () => undefined,
  }
}
