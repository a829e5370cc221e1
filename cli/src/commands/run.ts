import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { StartedExecution } from '@millrace/shared/api/executions'
import { createApiClient } from '../api-client.ts'
import { usageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { exitCodes } from '../exit-codes.ts'
import { findByName, workflowList } from '../find-by-name.ts'
import type { Host } from '../host.ts'
import { readKeyValues } from '../key-values.ts'
import { oneLine } from '../output/printable.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'
import { watchExecution } from '../watch-execution.ts'

export const run: Command = {
  name: 'run',
  summary: 'Start a workflow',
  usage: '<workflow id or name> [--input name=value …] [--input-json <file|->] [--watch]',
  details: `  --input name=value   one field of the input; may be given several times
  --input-json <file>  the whole input as a JSON object; "-" reads it from stdin. --input wins over it
  --watch              follow the run to its end, as "millrace watch" does
`,
  options: {
    input: { type: 'string', multiple: true },
    'input-json': { type: 'string' },
    watch: { type: 'boolean' },
  },
  positionals: { min: 1, max: 1 },
  async run(line, host) {
    const [wanted = ''] = line.positionals
    const input = { ...(await readJsonInput(host, line)), ...readKeyValues(line.texts('input'), '--input') }
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    const workflow = await findByName(api, workflowList, wanted)
    const path = `/api/workflows/${encodeURIComponent(workflow.id)}/executions`
    const started = await api.request('POST', path, { schema: StartedExecution, body: { input } })
    const isJson = line.flag('json')
    if (isJson) printJson(host, [started])
    else printLines(host, [`${oneLine(workflow.name)} runs as ${started.executionId}`])
    if (line.flag('watch')) return watchExecution(host, server, { executionId: started.executionId, isJson })
    if (!isJson) printLines(host, [`Watch it with: millrace watch ${started.executionId}`])
    return exitCodes.done
  },
}

async function readJsonInput({ stdin }: Host, line: CommandLine): Promise<object> {
  const source = line.text('input-json')
  if (source === undefined) return {}
  const text = source === '-' ? await readAll(stdin) : await readText(source)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usageError(`--input-json is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw usageError('--input-json wants a JSON object.')
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    throw usageError(`${path} cannot be read.`)
  }
}
