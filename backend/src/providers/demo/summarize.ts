import { sentencesOf, termsOf } from './answer-from-sources.ts'

const sentencesMax = 3
const sentencesConsideredMax = 500

/** Whether a prompt asks for a summary of a text that it holds. */
export function asksForSummary(prompt: string): boolean {
  return (
    /\b(?:summari[sz]e|summary|sum up|digest|condense|key points|in brief|tl;dr)\b/i.test(prompt) &&
    summaryMaterial(prompt).length >= 2
  )
}

/** The sentences with the most frequent words of the text, in their order. */
export function summarize(prompt: string): string {
  const sentences = summaryMaterial(prompt)
  const frequency = new Map<string, number>()
  for (const term of sentences.flatMap(termsOf)) frequency.set(term, (frequency.get(term) ?? 0) + 1)
  const chosen = sentences
    .map((text, position) => {
      const terms = [...new Set(termsOf(text))]
      const score = terms.reduce((sum, term) => sum + (frequency.get(term) ?? 0), 0) / Math.sqrt(8 + terms.length)
      return { text, position, score }
    })
    .toSorted((left, right) => right.score - left.score || left.position - right.position)
    .slice(0, sentencesMax)
    .toSorted((left, right) => left.position - right.position)
  return ['In short:', ...chosen.map(({ text }) => `- ${text}`)].join('\n')
}

/** Everything but the instruction itself. */
function summaryMaterial(prompt: string): string[] {
  return sentencesOf(
    prompt.replace(
      /^[^\n:]{0,200}\b(?:summari[sz]e|summary|sum up|digest|condense|key points|in brief)\b[^\n.:]{0,200}[.:\n]/i,
      '',
    ),
  )
    .filter((sentence) => !/\b(?:summari[sz]e|summary|sum up)\b/i.test(sentence))
    .slice(0, sentencesConsideredMax)
}
