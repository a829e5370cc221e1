import { type Tone, toneOf } from './prompt-brief.ts'

/** What a reviewer asked for, as far as the demo writer can do it. */
export interface RequestedChanges {
  length: 'shorter' | 'longer' | null
  asList: boolean
  tone: Tone | null
  /** Things the next version must say. */
  mention: string[]
  /** Words that the next version must not have. */
  leaveOut: string[]
  /** The request in the reviewer's own words, for the line that names what changed. */
  words: string
}

const mentionMax = 5

const mention =
  /\b(?:mention|and that|include|add|say|state|tell|name|explain|note|point out|remind|emphasi[sz]e|stress)\s+(?:them |people |readers |everyone |us )?(?:that |about |of |in )?(.{2,200}?)(?=[.;!\n]|,? (?:and|but) (?:that|make|keep|remove|drop|leave|mention|include|add)\b|$)/giu
const leaveOut =
  /\b(?:remove|drop|leave out|without|delete|omit|do not mention|don't mention|no longer mention)\s+(?:the |any |all )?(?:mention of |word |words )?["“]?(.{2,80}?)["”]?(?=[.;,!\n]| and\b|$)/giu

/** Reads feedback such as "Shorter, and mention the parking garage". Null when there is none. */
export function readRequestedChanges(feedback: string): RequestedChanges | null {
  const words = feedback.replace(/\s+/g, ' ').trim()
  if (words === '') return null
  const tone = toneOf(words)
  return {
    length: /\b(?:short(?:er|en)?|brief(?:er)?|concise|too long|trim|cut)\b/i.test(words)
      ? 'shorter'
      : /\b(?:long(?:er)?|more detail|details|elaborate|expand|too short)\b/i.test(words)
        ? 'longer'
        : null,
    asList: /\b(?:list|bullets?|bullet points)\b/i.test(words),
    tone: tone === 'plain' && !/plain|neutral|factual|simple|clear/i.test(words) ? null : tone,
    mention: phrases(mention, words.replace(leaveOut, '')),
    leaveOut: phrases(leaveOut, words),
    words: words.replace(/[.!]+$/, ''),
  }
}

function phrases(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)]
    .map((match) => (match[1] ?? '').trim())
    .filter(Boolean)
    .slice(0, mentionMax)
}
