import { AnswerAccepted } from '@millrace/shared/api/prompts'
import { createApiClient } from '../api-client.ts'
import { usageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { answerFromWords, askForAnswer } from '../compose-answer.ts'
import { exitCodes } from '../exit-codes.ts'
import { findPrompt } from '../find-prompt.ts'
import { readKeyValues } from '../key-values.ts'
import { oneLine } from '../output/printable.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'

export const answer: Command = {
  name: 'answer',
  summary: 'Answer a question of a run',
  usage: '<question id or execution id> [choice] [--text <text>] [--field name=value …]',
  details: `  --text <text>       the answer to a question for a text, or the text that goes with a choice
  --field name=value  one field of a form; may be given several times

Without an answer it shows the question and asks, where there is a terminal.
`,
  options: { text: { type: 'string' }, field: { type: 'string', multiple: true } },
  positionals: { min: 1, max: 2 },
  async run(line, host) {
    const [id = '', choice] = line.positionals
    const text = line.text('text')
    const fields = readKeyValues(line.texts('field'), '--field')
    const isAnswered = choice !== undefined || text !== undefined || Object.keys(fields).length > 0
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    const prompt = await findPrompt(api, id)
    if (!isAnswered && host.stdin.isTTY !== true) {
      const ids = prompt.choices?.map((one) => one.id).join(', ')
      throw usageError(
        `"${oneLine(prompt.prompt)}" needs an answer${ids ? `: ${ids}` : ''}.`,
        'See: millrace answer --help',
      )
    }
    const response = isAnswered ? answerFromWords(prompt, { choice, text, fields }) : await askForAnswer(host, prompt)
    const path = `/api/prompts/${encodeURIComponent(prompt.requestId)}/response`
    const accepted = await api.request('POST', path, { schema: AnswerAccepted, body: { response } })
    if (line.flag('json')) printJson(host, [accepted])
    else printLines(host, [`Answered "${oneLine(prompt.prompt)}". Watch on with: millrace watch ${prompt.executionId}`])
    return exitCodes.done
  },
}
