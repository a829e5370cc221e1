import { StartedExecution } from '@millrace/shared/api/executions'
import { createApiClient } from '../api-client.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'

export const cancel: Command = {
  name: 'cancel',
  summary: 'Stop a run',
  usage: '<execution id> [--reason <text>]',
  details: '  --reason <text>  shown to everybody who sees the run\n',
  options: { reason: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(line, host) {
    const [executionId = ''] = line.positionals
    const reason = line.text('reason')
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    const path = `/api/executions/${encodeURIComponent(executionId)}/cancel`
    const answer = await api.request('POST', path, {
      schema: StartedExecution,
      body: reason === undefined ? {} : { reason },
    })
    if (line.flag('json')) printJson(host, [answer])
    else printLines(host, [`${executionId} is being stopped.`])
    return exitCodes.done
  },
}
