/** Browsers stop at 512; beyond it parsers take time that grows with the square of the depth. */
const depthMax = 512

/** Elements without an end tag, or whose end tag may be left out: they say nothing about depth. */
const uncounted = new Set(
  'area base br col embed hr img input link meta source track wbr p li dt dd tr td th option optgroup thead tbody tfoot colgroup rp rt'.split(
    ' ',
  ),
)

/** Whether a page is nested deeper than any real one. Reads it once. */
export function looksTooDeep(html: string): boolean {
  let depth = 0
  for (const [, slash, name = '', selfClosing] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)[^<>]*?(\/?)>/gi)) {
    if (uncounted.has(name.toLowerCase()) || selfClosing === '/') continue
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1
    if (depth > depthMax) return true
  }
  return false
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The text between tags, without scripts and styles. Good enough for pages that no parser should be given. */
export function stripTags(html: string): string {
  return html
    .replace(/<(script|style|noscript|template)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<\/?(?:p|div|br|li|tr|h[1-6]|section|article|table)\b[^>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => entities[name] ?? ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim()
}
