import { Execution } from '@millrace/shared/api/executions'
import { createApiClient } from '../api-client.ts'
import type { Command } from '../command.ts'
import { oneLine } from '../output/printable.ts'
import { printLines } from '../print.ts'
import { chooseServer } from '../server.ts'
import { watchExecution } from '../watch-execution.ts'

export const watch: Command = {
  name: 'watch',
  summary: 'Follow a run live to its end',
  usage: '<execution id>',
  details: `Ends with 0 when the run completes and with 1 when it fails or is cancelled. Ctrl-C only detaches (130).
With --json each line is an event as the server sent it; a "snapshot" line stands for all events up to its seq.
`,
  options: {},
  positionals: { min: 1, max: 1 },
  async run(line, host) {
    const [executionId = ''] = line.positionals
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    // Asked first, because its failures are told at once, while the socket would keep trying.
    const path = `/api/executions/${encodeURIComponent(executionId)}`
    const { workflowName, workflowVersion } = await api.request('GET', path, { schema: Execution })
    const isJson = line.flag('json')
    if (!isJson) printLines(host, [`${oneLine(workflowName)} v${workflowVersion}, ${executionId}`])
    return watchExecution(host, server, { executionId, isJson })
  },
}
