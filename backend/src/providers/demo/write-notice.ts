import { tokensOf } from './demo-tokens.ts'
import { assurances, type Choice, closings, furtherNote, greetings, openings, sections } from './notice-phrases.ts'
import type { PromptBrief } from './prompt-brief.ts'
import { type RequestedChanges, readRequestedChanges } from './requested-changes.ts'
import type { SeededRandom } from './seeded-random.ts'

/** About one short notice: opening, two or three sentences, closing. */
const usualTokens = 120
const lengthFactors = { shorter: 0.5, longer: 1.6 } as const

/**
 * Writes a notice out of the words of the brief, about `wantedTokens` long and never longer. Feedback changes it
 * visibly and is named at the end.
 */
export function writeNotice(brief: PromptBrief, random: SeededRandom, wantedTokens = usualTokens): string {
  const changes = readRequestedChanges(brief.feedback)
  const tone = changes?.tone ?? brief.tone
  const length = changes?.length ?? (brief.isBrief ? 'shorter' : null)
  const who = brief.audience.replace(/^(?:our|the)\s+/i, '') || 'all'
  const fill = (text: string) =>
    text.replaceAll('{topic}', brief.topic || 'the matter you asked about').replaceAll('{who}', who)
  const say = (choice: Choice) => fill(random.pick(choice))
  const opening = say(openings[tone])
  const points = [
    ...brief.facts.map(({ label, text }) => `${label}: ${text}`),
    ...(changes?.mention ?? []).map(sentence),
  ]
  const frame: Frame = {
    head: [`**${title(brief.topic)}**`, fill(greetings[tone])],
    opening: length === 'shorter' ? opening : `${opening} ${say(assurances[tone])}`,
    points,
    tail: [say(closings[tone]), ...(changes === null ? [] : [`_Changed in this version: ${changes.words}._`])],
  }
  const budget =
    Math.round(wantedTokens * (length === null ? 1 : lengthFactors[length])) - tokenCount(paragraphsOf(frame))
  const paragraphs = paragraphsOf(frame, furtherParagraphs(budget, changes, fill))
  return without(paragraphs, changes).join('\n\n')
}

interface Frame {
  head: string[]
  opening: string
  points: string[]
  tail: string[]
}

function paragraphsOf({ head, opening, points, tail }: Frame, further: string[] = []): string[] {
  const list = points.length === 0 ? [] : [points.map((point) => `- ${point}`).join('\n')]
  return [...head, opening, ...list, ...further, ...tail]
}

/** As many sentences of the sections as fit, then notes; a heading only where at least one of its sentences follows. */
function furtherParagraphs(budget: number, changes: RequestedChanges | null, fill: (text: string) => string): string[] {
  const paragraphs: string[] = []
  let left = budget
  for (const { title: heading, sentences } of sections) {
    const chosen: string[] = []
    // Two tokens of line breaks and four of asterisks.
    let cost = tokenCount([fill(heading)]) + 6
    for (const text of sentences.map(fill)) {
      const more = tokenCount([text]) + 2
      if (cost + more > left) break
      cost += more
      chosen.push(text)
    }
    if (chosen.length === 0) return paragraphs
    left -= cost
    paragraphs.push(
      `**${fill(heading)}**`,
      changes?.asList ? chosen.map((text) => `- ${text}`).join('\n') : chosen.join(' '),
    )
  }
  for (let number = 1; ; number++) {
    const note = furtherNote(number)
    // One more for the empty line.
    left -= tokenCount([note]) + 1
    if (left < 0) return paragraphs
    paragraphs.push(note)
  }
}

function tokenCount(paragraphs: string[]): number {
  return tokensOf(paragraphs.join('\n\n')).length
}

/** Removes sentences with words that the reviewer wants left out; the line that names the change stays. */
function without(paragraphs: string[], changes: RequestedChanges | null): string[] {
  const unwanted = (changes?.leaveOut ?? []).map((words) => words.toLowerCase())
  if (unwanted.length === 0) return paragraphs
  return paragraphs
    .map((paragraph, index) => {
      if (index === paragraphs.length - 1) return paragraph
      const sentences = paragraph.split(/(?<=[.!?\n])(?=\s|-)/)
      return sentences
        .filter((text) => !unwanted.some((words) => text.toLowerCase().includes(words)))
        .join('')
        .trim()
    })
    .filter(Boolean)
}

const titleCharactersMax = 80

function title(topic: string): string {
  const text = upperFirst(topic || 'Notice')
  return text.length <= titleCharactersMax ? text : `${text.slice(0, titleCharactersMax).replace(/\s\S*$/, '')}…`
}

function sentence(phrase: string): string {
  return /[.!?]$/.test(phrase) ? upperFirst(phrase) : `${upperFirst(phrase)}.`
}

function upperFirst(text: string): string {
  const [first = '', ...rest] = text
  return first.toUpperCase() + rest.join('')
}
