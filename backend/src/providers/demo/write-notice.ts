import type { PromptBrief, Tone } from './prompt-brief.ts'
import { type RequestedChanges, readRequestedChanges } from './requested-changes.ts'
import type { SeededRandom } from './seeded-random.ts'

type Choice = readonly [string, ...string[]]

/** Sentences by tone; {topic} and {who} are filled in. Each part offers variants, so that a new seed writes a new text. */
const openings: Record<Tone, Choice> = {
  friendly: [
    'we have news for you: it is about {topic}.',
    'a short note from us, so that nothing takes you by surprise: {topic}.',
    'we would like to tell you about {topic}, and what it means for you.',
  ],
  formal: [
    'we hereby inform you about {topic}.',
    'this notice concerns {topic}.',
    'please take note of the following with regard to {topic}.',
  ],
  urgent: [
    'this needs your attention today: {topic}.',
    'please read this at once. It is about {topic}.',
    'important: {topic}.',
  ],
  plain: [
    'this notice is about {topic}.',
    'here is what you should know about {topic}.',
    'this is to let you know about {topic}.',
  ],
}

const bodies: Record<Tone, Choice> = {
  friendly: [
    'We have planned it so that it gets in your way as little as possible, and somebody will be there if you need a hand.',
    'Most of you will hardly notice it. Where something does change for you, we tell you early and in person.',
  ],
  formal: [
    'The necessary arrangements have been made. Existing agreements remain in force unless stated otherwise.',
    'All measures have been coordinated with the departments concerned and follow the usual procedure.',
  ],
  urgent: [
    'Please check whether you are affected, and act on it before the end of the day.',
    'If you are affected, finish what you have open now and follow the steps you were given.',
  ],
  plain: [
    'The plan is settled and the people involved have been told. If it affects you, you will find the details below.',
    'It takes effect as announced. Whatever is not mentioned here stays as it is.',
  ],
}

const details: Record<Tone, Choice> = {
  friendly: [
    'There is nothing you have to prepare. If a date does not suit you, just tell us and we find another way.',
  ],
  formal: ['Should individual arrangements be required, kindly submit them in writing in good time.'],
  urgent: ['Tell the people next to you as well: not everybody reads messages right away.'],
  plain: ['You do not have to do anything else. If your situation is special, write to us and we look at it together.'],
}

const closings: Record<Tone, Choice> = {
  friendly: [
    'Questions? Just reply, we are happy to help.\n\nWarm regards',
    'Write to us whenever you like.\n\nSee you soon',
  ],
  formal: ['For further information please contact us.\n\nYours sincerely'],
  urgent: ['If anything is unclear, call us right away.\n\nThank you'],
  plain: [
    'If you have questions, reply to this message.\n\nKind regards',
    'Please reply if something is unclear.\n\nKind regards',
  ],
}

const greetings: Record<Tone, (who: string) => string> = {
  friendly: (who) => `Hello ${who},`,
  formal: (who) => `Dear ${who},`,
  urgent: (who) => `To ${who}:`,
  plain: (who) => `Dear ${who},`,
}

/** Writes a notice out of the words of the brief; feedback changes it visibly and is named at the end. */
export function writeNotice(brief: PromptBrief, random: SeededRandom): string {
  const changes = readRequestedChanges(brief.feedback)
  const tone = changes?.tone ?? brief.tone
  const fill = (choice: Choice) =>
    random.pick(choice).replaceAll('{topic}', lowerFirst(brief.topic || 'the matter you asked about'))
  const points = [
    ...brief.facts.map(({ label, text }) => `${label}: ${text}`),
    ...(changes?.mention ?? []).map((phrase) => sentence(phrase)),
  ]
  const parts = [fill(openings[tone]), fill(bodies[tone]), fill(details[tone])]
  const kept = changes?.length === 'shorter' ? parts.slice(0, 1) : parts
  if (changes?.length === 'longer') kept.push(...moreDetail(brief))
  const paragraphs = [
    `**${title(brief.topic)}**`,
    greetings[tone](brief.audience.replace(/^(?:our|the)\s+/i, '') || 'all'),
    ...body(kept, points, changes?.asList ?? false),
    fill(closings[tone]),
    ...(changes === null ? [] : [`_Changed in this version: ${changes.words}._`]),
  ]
  return without(paragraphs, changes).join('\n\n')
}

function body(parts: string[], points: string[], asList: boolean): string[] {
  const [opening = '', ...rest] = parts.map(upperFirst)
  if (asList) return [opening, [...rest, ...points].map((point) => `- ${point}`).join('\n')].filter(Boolean)
  return [
    [opening, ...rest].join(' '),
    ...(points.length === 0 ? [] : [points.map((point) => `- ${point}`).join('\n')]),
  ]
}

function moreDetail(brief: PromptBrief): string[] {
  const who = brief.audience || 'everybody concerned'
  return [
    `In more detail: ${brief.topic || 'this'} was discussed with those who know it best, and what ${who} told us has gone into the plan.`,
    `We report on the progress as it happens, and ask ${who} again when the first step is done.`,
  ]
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

/** Only an article is lowered: names and nouns keep their capital. */
function lowerFirst(text: string): string {
  return text.replace(/^(The|An?|Our|Your|This)\b/, (word) => word.toLowerCase())
}
