import { StartedExecution } from '@millrace/shared/api/executions'
import { createApiClient } from '../api-client.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'

export const pause = holdCommand('pause', {
  summary: 'Let a run begin nothing new; steps at work finish',
  usage: '<execution id> [--reason <text>]',
  details: '  --reason <text>  shown to everybody who sees the run\n',
})

export const resume = holdCommand('resume', {
  summary: 'Let a paused run go on',
  usage: '<execution id>',
  details: '',
})

function holdCommand(
  name: 'pause' | 'resume',
  words: Pick<Command, 'summary' | 'usage'> & { details: string },
): Command {
  return {
    name,
    ...words,
    options: name === 'pause' ? { reason: { type: 'string' } } : {},
    positionals: { min: 1, max: 1 },
    async run(line, host) {
      const [executionId = ''] = line.positionals
      const reason = name === 'pause' ? line.text('reason') : undefined
      const server = await chooseServer(host, line.text('url'))
      const api = createApiClient(server.url, server.apiKey)
      const answer = await api.request('POST', `/api/executions/${encodeURIComponent(executionId)}/${name}`, {
        schema: StartedExecution,
        body: reason === undefined ? {} : { reason },
      })
      if (line.flag('json')) printJson(host, [answer])
      else printLines(host, [`${executionId} is ${answer.status}.`])
      return exitCodes.done
    },
  }
}
