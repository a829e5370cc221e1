/**
 * Pieces about as long as those of real models. Every character belongs to exactly one piece,
 * and no piece ends inside a surrogate pair (flag `u`).
 */
const piece = /\s?[\p{L}\p{N}'’]{1,8}|\s?[^\s\p{L}\p{N}]|\s+/gu

/** Splits a text into tokens; joined they are the text again. */
export function tokensOf(text: string): string[] {
  return text.match(piece) ?? []
}
