import { WorkflowSummary } from '@millrace/shared/api/workflows'
import { createApiClient } from '../api-client.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { listAll, workflowList } from '../find-by-name.ts'
import { table } from '../output/table.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'

/** As many as a person reads, and more. */
const listedMax = 1000

export const workflows: Command = {
  name: 'workflows',
  summary: 'List workflows',
  usage: '',
  details: '',
  options: {},
  positionals: { min: 0, max: 0 },
  async run(line, host) {
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    const items = await listAll(api, { path: workflowList.path, item: WorkflowSummary, max: listedMax })
    if (line.flag('json')) printJson(host, items)
    else if (items.length === 0) printLines(host, ['There are no workflows yet.'])
    else {
      const rows = items.map(({ id, name, version, lastExecution }) => [
        id,
        name,
        `v${version}`,
        lastExecution?.status ?? 'never run',
      ])
      printLines(host, table(['ID', 'NAME', 'VERSION', 'LAST RUN'], rows))
    }
    return exitCodes.done
  },
}
