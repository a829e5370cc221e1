import { ExecutionSummary } from '@millrace/shared/api/executions'
import { createApiClient } from '../api-client.ts'
import { usageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { findByName, listAll, workflowList } from '../find-by-name.ts'
import { formatDuration } from '../output/duration.ts'
import { table } from '../output/table.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'

const listedDefault = 50
const listedMax = 1000

export const executions: Command = {
  name: 'executions',
  summary: 'List runs, the newest first',
  usage: '[--status <status,…>] [--workflow <id or name>] [--limit <count>]',
  details: `  --status <status,…>     queued, running, waiting, paused, completed, failed, cancelled
  --workflow <id or name> only runs of this workflow
  --limit <count>         up to ${listedMax}; by default ${listedDefault}
`,
  options: { status: { type: 'string' }, workflow: { type: 'string' }, limit: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  async run(line, host) {
    const max = Number(line.text('limit') ?? listedDefault)
    if (!Number.isInteger(max) || max < 1 || max > listedMax) {
      throw usageError(`--limit wants a number from 1 to ${listedMax}.`)
    }
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    const workflow = line.text('workflow')
    const workflowId = workflow === undefined ? undefined : (await findByName(api, workflowList, workflow)).id
    const query = { status: line.text('status'), workflowId }
    const items = await listAll(api, { path: '/api/executions', item: ExecutionSummary, query, max })
    if (line.flag('json')) printJson(host, items)
    else if (items.length === 0) printLines(host, ['There are no such runs.'])
    else {
      const rows = items.map((run) => [
        run.executionId,
        run.workflowName,
        run.status,
        `${run.completedNodes} of ${run.totalNodes}`,
        run.duration === undefined ? '' : formatDuration(run.duration),
        new Date(run.createdAt).toISOString().slice(0, 19).replace('T', ' '),
      ])
      printLines(host, table(['ID', 'WORKFLOW', 'STATUS', 'STEPS', 'TOOK', 'STARTED (UTC)'], rows))
    }
    return exitCodes.done
  },
}
