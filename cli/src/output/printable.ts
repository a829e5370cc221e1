/** Control characters except tab and line feed, and marks that reverse the direction of what follows. */
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/**
 * Text of models, documents and other people as a terminal may get it: without the codes by which it could
 * clear the screen, change the title or forge a line.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => (character === '\n' || character === '\t' ? character : ''))
}

/** As one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim()
}
