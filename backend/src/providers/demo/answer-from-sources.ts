import type { NumberedSource } from './numbered-sources.ts'

/** Sentences in one answer: enough to be useful, few enough to be read. */
const sentencesMax = 4
const sentencesConsideredMax = 2000
/** A sentence counts as an answer when what it shares with the question weighs at least this part of the most that any shares. */
const shareOfMostMin = 0.65

const stopWords = new Set(
  'a an and are as at be been but by can could did do does for from had has have how i if in into is it its long many may me much my no not of on or our out shall should so some than that the their them then there these they this to us was we were what when where which who whom why will with would you your'.split(
    ' ',
  ),
)

/**
 * Answers with the sentences of the sources that share the rarest words with the question, word for word,
 * each followed by its `[n]`. Says so when no sentence has any of them.
 */
export function answerFromSources(question: string, sources: NumberedSource[]): string {
  const wanted = new Set(termsOf(question))
  const sentences = sources.flatMap((source) =>
    sentencesOf(source.text).map((text) => ({ source, text, terms: new Set(termsOf(text)) })),
  )
  const considered = sentences.slice(0, sentencesConsideredMax)
  const weights = new Map<string, number>()
  for (const term of wanted) {
    const count = considered.filter(({ terms }) => terms.has(term)).length
    if (count > 0) weights.set(term, Math.log(1 + considered.length / count))
  }
  const scored = considered
    .map((sentence, position) => ({ ...sentence, position, shared: sharedWeight(sentence.terms, weights) }))
    .filter(({ shared }) => shared > 0)
    // Long sentences share more words by chance.
    .map((sentence) => ({ ...sentence, score: sentence.shared / Math.sqrt(8 + sentence.terms.size) }))
    // Sources come best first, so that position breaks a tie.
    .toSorted((left, right) => right.score - left.score || left.position - right.position)
  const most = scored.reduce((max, { shared }) => Math.max(max, shared), 0)
  const answering = withoutRepeats(scored.filter(({ shared }) => shared >= most * shareOfMostMin))
  const best = answering[0]
  if (best === undefined)
    return 'The sources say nothing about this. Try other words, or add a document that covers it.'
  const chosen = answering.slice(0, sentencesMax)
  return chosen
    .toSorted(
      (left, right) =>
        (left.source === best.source ? 0 : 1) - (right.source === best.source ? 0 : 1) ||
        left.position - right.position,
    )
    .map(({ text, source }) => `${text.replace(/[\s.:;]+$/, '')} [${source.number}].`)
    .join(' ')
}

function sharedWeight(terms: Set<string>, weights: Map<string, number>): number {
  let sum = 0
  for (const [term, weight] of weights) if (terms.has(term)) sum += weight
  return sum
}

function withoutRepeats<Sentence extends { text: string }>(sentences: Sentence[]): Sentence[] {
  const seen = new Set<string>()
  return sentences.filter(({ text }) => {
    const key = text.toLowerCase().replace(/\W+/g, ' ').trim()
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

/** Sentences, lines and records, without marks of headings, lists and quotes. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/\n+/)
    .filter((line) => !/^\s*#{1,6}\s/.test(line))
    .flatMap(recordsOf)
    .flatMap((line) =>
      line.replace(/^\s*(?:[-*>]|\d+[.)])\s+/, '').split(/(?<=[.!?])\s+(?=[\p{Lu}\d"“(])|\s+-\s+(?=\p{Lu})/u),
    )
    .map((sentence) => sentence.replace(/\*\*|__/g, '').trim())
    .filter((sentence) => sentence.length > 2)
}

/** Rows of a table that stand on one line, each beginning with the same label: `Article: A; Price: 1 Article: B; Price: 2`. */
function recordsOf(line: string): string[] {
  const label = /^\s*(\p{L}[\p{L} ]{0,40}:) /u.exec(line)?.[1]
  return label === undefined ? [line] : line.split(new RegExp(`\\s+(?=${label} )`, 'u'))
}

/** Words in lower case without stop words, cut to their stem roughly: plural and common endings fall away. */
export function termsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stopWords.has(word)).map(stem)
}

function stem(word: string): string {
  return word.length <= 4 ? word.replace(/s$/, '') : word.replace(/(?:ies|y)$/, 'i').replace(/(?:ing|ed|es|s|e)$/, '')
}
