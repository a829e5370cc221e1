/** What the demo writer understands of a prompt. Texts are as the prompt has them, without surrounding space. */
export interface PromptBrief {
  topic: string
  audience: string
  tone: Tone
  /** As asked for, such as "warm and short"; empty when the prompt names none. */
  toneWords: string
  /** A short text is wanted. */
  isBrief: boolean
  feedback: string
  /** Lines of the form `Label: text` that are none of the above: facts to use. */
  facts: { label: string; text: string }[]
}

export type Tone = 'friendly' | 'formal' | 'urgent' | 'plain'

const labelNames = {
  topic: ['topic', 'subject', 'about', 'title', 'theme'],
  audience: ['audience', 'readers', 'reader', 'recipients', 'for', 'to'],
  tone: ['tone', 'style', 'voice', 'tone of voice'],
  feedback: [
    'feedback',
    'reviewer feedback',
    'feedback from the reviewer',
    'feedback on the last draft',
    'changes',
    'requested changes',
    'comments',
    'comment',
    'revision',
    'reviewer',
    'please change',
  ],
  draft: ['draft', 'previous draft', 'last draft', 'current draft', 'previous version', 'last version'],
} as const

type LabelKind = keyof typeof labelNames

/** A label begins a line, has up to eight words, and what belongs to it goes on to the next label or empty line. */
const labelled = /^[ \t]*(?:[-*][ \t]+)?(\p{L}[\p{L}'’-]*(?: [\p{L}'’-]+){0,7})[ \t]*:[ \t]*(.*)$/u

/** A phrase ends where another part of the request begins. */
const phraseEnd = String.raw`(?=\s*(?:[.;!?\n]|$|,\s*(?:in|for|with)\b|\s(?:for|in an?|with an?|using|written|that|and keep|taking)\s))`

const prose = {
  topic: new RegExp(
    String.raw`\b(?:about|regarding|concerning|announcing|on the topic of|on the subject of)\s+(?:the topic\s+)?["“]?(.{2,200}?)["”]?${phraseEnd}`,
    'iu',
  ),
  audience: new RegExp(String.raw`\bfor\s+(?:an audience of\s+)?["“]?(.{2,120}?)["”]?${phraseEnd}`, 'iu'),
  tone: /\b(?:in|with|use|keep)\s+(?:an?\s+|the\s+)?([\p{L}, -]{3,60}?)\s+(?:tone|voice|style|manner)\b/iu,
  toneOfWhat:
    /\ban?\s+([\p{L}-]+(?:(?:,| and)\s+[\p{L}-]+){0,2})\s+(?:notice|note|message|announcement|e-?mail|letter|text|post|draft|reply|answer)\b/iu,
  toneIs: /\b(?:tone|style|voice)\s+(?:is|should be|must be)\s+([\p{L}, -]{3,60}?)(?=[.;!\n]|$)/iu,
  feedback:
    /\b(?:feedback|asked for (?:these )?changes|reviewer (?:said|says|wrote|asks|asked))\b[^:\n"“]{0,60}[:"“]\s*([^"”\n]{2,600})/iu,
} as const

/** Longer beginnings of a line that end in a colon are sentences. */
const factLabelWordsMax = 3
const phraseCharactersMax = 200

/** Finds topic, audience, tone and feedback, given as lines with labels or in sentences. */
export function readPromptBrief(prompt: string): PromptBrief {
  const found: Record<LabelKind, string> = { topic: '', audience: '', tone: '', feedback: '', draft: '' }
  const facts: PromptBrief['facts'] = []
  const rest: string[] = []
  let current: LabelKind | null = null
  for (const line of prompt.split(/\r?\n/)) {
    const match = labelled.exec(line)
    const kind = match?.[1] === undefined ? null : kindOf(match[1])
    if (match?.[1] !== undefined && (kind !== null || (current !== 'draft' && isFact(match[1], match[2])))) {
      current = kind
      if (kind === null) facts.push({ label: match[1], text: (match[2] ?? '').trim() })
      else found[kind] = (match[2] ?? '').trim()
    } else if (current !== null && line.trim() !== '') {
      found[current] = `${found[current]} ${line.trim()}`.trim()
    } else if (line.trim() === '') {
      // A draft has paragraphs; everything else ends at an empty line once it has a text.
      if (current !== 'draft' && current !== null && found[current] !== '') current = null
    } else {
      rest.push(line.trim())
    }
  }
  const sentences = rest.join('\n')
  const toneWords = clip(
    found.tone ||
      firstGroup(prose.tone, sentences) ||
      firstGroup(prose.toneOfWhat, sentences) ||
      firstGroup(prose.toneIs, sentences),
  )
  return {
    topic: clip(found.topic || firstGroup(prose.topic, sentences) || firstSentence(sentences)),
    audience: clip(found.audience || firstGroup(prose.audience, sentences)),
    tone: toneOf(`${toneWords} ${found.feedback}`),
    toneWords,
    isBrief: /\b(?:brief|short|concise)\b/i.test(toneWords),
    feedback: (found.feedback || firstGroup(prose.feedback, sentences)).slice(0, 2000).trim(),
    facts: facts.slice(0, 12),
  }
}

function isFact(label: string, text: string | undefined): boolean {
  return label.split(' ').length <= factLabelWordsMax && text !== undefined && text.trim() !== ''
}

function kindOf(label: string): LabelKind | null {
  const name = label.toLowerCase()
  for (const kind of Object.keys(labelNames) as LabelKind[]) {
    if ((labelNames[kind] as readonly string[]).includes(name)) return kind
  }
  return /feedback|changes/.test(name) ? 'feedback' : /draft|version/.test(name) ? 'draft' : null
}

/** The last word decides: feedback stands behind the tone it corrects. */
export function toneOf(words: string): Tone {
  const tones: [Tone, RegExp][] = [
    ['friendly', /friendl|warm|informal|(?:less|too|not so) formal|casual|cheer|kind|personal|light|relaxed/gi],
    ['formal', /formal|official|serious|sober|professional|business/gi],
    ['urgent', /urgent|strict|firm|direct|short and clear|pressing/gi],
    ['plain', /plain|neutral|factual|simple|clear/gi],
  ]
  let best: { tone: Tone; at: number } = { tone: 'plain', at: -1 }
  for (const [tone, pattern] of tones) {
    for (const match of words.matchAll(pattern))
      if (match.index > best.at && !isInformal(words, match.index)) best = { tone, at: match.index }
  }
  return best.tone
}

function isInformal(words: string, at: number): boolean {
  return /(?:less |in|not (?:so )?|too )$/i.test(words.slice(Math.max(0, at - 8), at))
}

function firstGroup(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[1]?.trim() ?? ''
}

function firstSentence(text: string): string {
  const sentence = /^[\s\S]{2,}?(?=[.!?\n]|$)/u.exec(text.trim())?.[0] ?? ''
  return sentence.replace(
    /^(?:please\s+)?(?:write|draft|compose|create|prepare|say|tell me)\s+(?:an?\s+|the\s+)?/iu,
    '',
  )
}

function clip(phrase: string): string {
  const text = phrase
    .replace(/\s+/g, ' ')
    .replace(/[.,;:]+$/, '')
    .trim()
  return text.length <= phraseCharactersMax ? text : `${text.slice(0, phraseCharactersMax).replace(/\s\S*$/, '')}…`
}
