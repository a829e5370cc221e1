import type { Prompt } from '@millrace/shared/api/prompts'
import type { FormField } from '@millrace/shared/nodes/field'
import { ask } from './ask.ts'
import { usageError } from './cli-error.ts'
import type { Host } from './host.ts'
import { oneLine, printable } from './output/printable.ts'

export interface GivenAnswer {
  choice: string | undefined
  text: string | undefined
  fields: Record<string, string>
}

/** The answer as the command line has it. Throws CliError USAGE where it does not suit the kind of question. */
export function answerFromWords({ inputType, choices = [] }: Prompt, given: GivenAnswer): Record<string, unknown> {
  const { choice, text, fields } = given
  const hasFields = Object.keys(fields).length > 0
  if (inputType === 'form') {
    if (choice !== undefined || text !== undefined) throw usageError('The question is a form: use --field name=value.')
    return fields
  }
  if (hasFields) throw usageError('The question has no fields.')
  if (inputType === 'text') {
    if (choice !== undefined && text !== undefined) throw usageError('The question wants one text: use --text alone.')
    return { text: text ?? choice ?? '' }
  }
  if (choice === undefined) throw usageError(`Name a choice: ${choices.map(({ id }) => id).join(', ')}.`)
  return { choice, ...(text === undefined ? {} : { text }) }
}

/** Asks a person at the terminal. What they may answer is shown first. */
export async function askForAnswer(
  host: Pick<Host, 'stdin' | 'stderr'>,
  prompt: Prompt,
): Promise<Record<string, unknown>> {
  host.stderr.write(`${oneLine(prompt.nodeName)}: ${oneLine(prompt.prompt)}\n`)
  if (prompt.body) host.stderr.write(`\n${printable(prompt.body)}\n\n`)
  if (prompt.inputType === 'form') return askFields(host, prompt.fields ?? [])
  if (prompt.inputType === 'text') return { text: await ask(host, 'Text: ') }
  return askChoice(host, prompt.choices ?? [])
}

async function askChoice(host: Pick<Host, 'stdin' | 'stderr'>, choices: NonNullable<Prompt['choices']>) {
  for (const [index, { id, label, help }] of choices.entries()) {
    const explained = help === undefined ? '' : `, ${oneLine(help)}`
    host.stderr.write(`  ${index + 1}  ${id}: ${oneLine(label)}${explained}\n`)
  }
  for (;;) {
    const answer = (await ask(host, 'Choice: ')).trim()
    const chosen = choices.find(({ id }, index) => id === answer || String(index + 1) === answer)
    if (chosen === undefined) {
      host.stderr.write('That is none of them.\n')
      continue
    }
    if (chosen.text === undefined) return { choice: chosen.id }
    return { choice: chosen.id, text: await ask(host, `${oneLine(chosen.text.label)} `) }
  }
}

async function askFields(host: Pick<Host, 'stdin' | 'stderr'>, fields: FormField[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const { name, label, required, options } of fields) {
    const hint = options === undefined ? '' : ` (${options.map(oneLine).join(', ')})`
    const value = await ask(host, `${oneLine(label || name)}${hint}${required ? '' : ', optional'}: `)
    // An empty line leaves the field out, so that the server fills in its default.
    if (value !== '') values[name] = value
  }
  return values
}
