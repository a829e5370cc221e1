import type { ModelRequest } from '@millrace/temporal/ports'
import { answerFromSources } from './answer-from-sources.ts'
import { fillSchema } from './fill-schema.ts'
import { readNumberedSources, readQuestion } from './numbered-sources.ts'
import { readPromptBrief } from './prompt-brief.ts'
import { seededRandom } from './seeded-random.ts'
import { asksForSummary, summarize } from './summarize.ts'
import { writeNotice } from './write-notice.ts'

export interface Question extends Pick<ModelRequest, 'model' | 'system' | 'user' | 'outputSchema' | 'idempotencyKey'> {
  /** Length of a text that is made up; what is quoted or has a form is as long as it is. */
  wantedTokens?: number | undefined
}

/** Demo models by name; any other name writes as demo-writer does. */
export const demoModels = ['demo-writer', 'demo-extract'] as const

/** The whole answer of the demo model. The same question under the same key gives the same text in every attempt. */
export function composeAnswer(question: Question): string {
  const random = seededRandom([question.idempotencyKey, question.model, question.system, question.user].join('\u0000'))
  if (question.outputSchema !== undefined)
    return JSON.stringify(fillSchema(question.outputSchema, withoutInstruction(question.user), random), null, 2)
  const { sources, rest } = readNumberedSources(question.user)
  if (sources.length > 0) return answerFromSources(readQuestion(rest), sources)
  if (question.model === 'demo-extract') return answerFromPlainText(question.user)
  if (asksForSummary(question.user)) return summarize(question.user)
  const brief = readPromptBrief(question.user)
  // A style for all answers stands in the system text; the message itself goes before it.
  if (brief.toneWords === '' && brief.feedback === '') brief.tone = readPromptBrief(question.system).tone
  return writeNotice(brief, random, question.wantedTokens)
}

function answerFromPlainText(user: string): string {
  const question = readQuestion(user)
  return answerFromSources(question, [{ number: 1, name: '', text: user.replace(question, '') }])
}

/** What follows the first label: the text to be worked on, without the words that say what to do with it. */
function withoutInstruction(user: string): string {
  const [, text = ''] = /^[^:\n]{0,120}:\s*([\s\S]+)$/.exec(user) ?? []
  return text.trim() || user
}
