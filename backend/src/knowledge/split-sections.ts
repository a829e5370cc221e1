import type { ChunkMetadata, DocumentSection } from '../repositories/schema/knowledge.ts'

export interface Passage {
  /** From 0, without gaps. */
  ordinal: number
  text: string
  metadata: ChunkMetadata
}

export interface SplitBounds {
  /** No passage is longer; most are nearly as long. */
  charactersMax: number
  /** How much of the passage before is said again, so that a thought that is cut is whole in one of the two. */
  overlapCharacters: number
}

export const splitBounds: SplitBounds = { charactersMax: 800, overlapCharacters: 120 }

/** Sections are joined by an empty line; offsets count it. */
const sectionGap = 2

/**
 * Passages of a document in order. Deterministic: the same sections give the same passages, so that splitting
 * again after a crash doubles nothing. A passage never goes across sections, and never ends inside a surrogate pair.
 */
export function splitSections(sections: DocumentSection[], bounds: SplitBounds = splitBounds): Passage[] {
  const passages: Passage[] = []
  let offset = 0
  for (const { text, heading, page } of sections) {
    for (const [start, end] of splitText(text, bounds)) {
      const place = { start: offset + start, end: offset + end }
      const metadata = {
        ...(heading === undefined ? {} : { heading }),
        ...(page === undefined ? {} : { page }),
        ...place,
      }
      passages.push({ ordinal: passages.length, text: text.slice(start, end), metadata })
    }
    offset += text.length + sectionGap
  }
  return passages
}

type Range = readonly [start: number, end: number]

/** Places to cut at, the best first: behind an empty line, a line, a sentence, a part of it, a word. */
const cutsBehind = [/\n\s*\n/g, /\n/g, /[.!?…][\])"'”’]*\s+/g, /[;:,]\s+/g, /\s+/g]

/** Ranges that together cover everything but white space at their edges. */
function splitText(text: string, bounds: SplitBounds): Range[] {
  const ranges: Range[] = []
  let start = 0
  let end = 0
  const close = () => {
    const range = trimmed(text, start, end)
    if (range !== null) ranges.push(range)
  }
  for (const [pieceStart, pieceEnd] of pieces(text, [0, text.length], bounds.charactersMax)) {
    if (pieceEnd - start > bounds.charactersMax) {
      close()
      start = overlapStart(
        text,
        pieceStart,
        Math.max(start + 1, pieceStart - bounds.overlapCharacters, pieceEnd - bounds.charactersMax),
      )
    }
    end = pieceEnd
  }
  close()
  return ranges
}

/** Consecutive pieces no longer than `max`, cut at the best places that make them so. Without recursion over the text's length. */
function* pieces(text: string, [start, end]: Range, max: number, level = 0): Generator<Range> {
  if (end - start <= max) {
    if (end > start) yield [start, end]
    return
  }
  const cut = cutsBehind[level]
  if (cut === undefined) {
    for (let from = start; from < end; ) {
      const to = wholeCharacter(text, Math.min(from + max, end))
      // A bound of one unit cannot hold a pair.
      const next = to > from ? to : Math.min(from + 2, end)
      yield [from, next]
      from = next
    }
    return
  }
  let from = start
  for (const match of text.slice(start, end).matchAll(cut)) {
    const to = start + match.index + match[0].length
    yield* pieces(text, [from, to], max, level + 1)
    from = to
  }
  yield* pieces(text, [from, end], max, level + 1)
}

/** The first beginning of a word between `from` and `pieceStart`; `pieceStart` itself when there is none. */
function overlapStart(text: string, pieceStart: number, from: number): number {
  for (let at = from; at < pieceStart; at++)
    if (/\s/.test(text.charAt(at - 1)) && !/\s/.test(text.charAt(at))) return at
  return pieceStart
}

/** `at`, or one less where it would divide a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  const isInsidePair = /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at))
  return isInsidePair ? at - 1 : at
}

function trimmed(text: string, start: number, end: number): Range | null {
  const piece = text.slice(start, end)
  const kept = piece.trim()
  const from = start + (piece.length - piece.trimStart().length)
  return kept === '' ? null : [from, from + kept.length]
}
