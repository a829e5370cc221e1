import { type CheerioAPI, load } from 'cheerio'
import { looksTooDeep, stripTags } from './strip-tags.ts'

/** What is on a page but not of it: scripts, navigation, forms, and what nobody sees. */
const boilerplate = [
  'script, style, noscript, template, iframe, object, embed, svg, canvas, audio, video, head > *:not(title)',
  'nav, footer, aside, form, button, dialog, [role=navigation], [role=banner], [role=contentinfo], [role=search], [hidden], [aria-hidden=true]',
].join(', ')

const blocks = new Set(
  'address article blockquote body caption dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr html main ol p pre section summary table ul'.split(
    ' ',
  ),
)

/** Parts that stand on one line: a paragraph in them begins no new one. */
const oneLiners = new Set(['li', 'td', 'th', 'dt', 'dd'])

type AnyNode = NonNullable<ReturnType<ReturnType<CheerioAPI['root']>['contents']>[number]>
type Element = Extract<AnyNode, { tagName: string }>

/** A part of the page that calls itself its content must hold at least this share of the text to be believed. */
const mainShareMin = 0.3

/**
 * The readable text of a page, with `#` before headings, `-` before list items and ` | ` between table cells.
 * Walks without recursion; pages nested too deep for a parser are only freed of their tags.
 */
export function htmlToMarkdown(html: string): { title: string; markdown: string } {
  if (looksTooDeep(html)) return { title: '', markdown: stripTags(html) }
  const $ = load(html)
  const title = $('title').first().text().trim()
  $(boilerplate).remove()
  const body = $('body')
  const main = $('main, article, [role=main]').first()
  const root = main.length > 0 && main.text().length >= body.text().length * mainShareMin ? main : body
  return { title, markdown: tidy(walk(root.get(0))) }
}

/** `leave` is set when the children of an element have been written. */
interface Step {
  node: AnyNode
  leave?: true
}

function walk(root: AnyNode | undefined): string {
  let text = ''
  const stack: Step[] = root === undefined ? [] : [{ node: root }]
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { node, leave } = step
    if (node.type === 'text') {
      text += isInPre(node) ? node.data : node.data.replace(/\s+/g, ' ')
    } else if ('tagName' in node) {
      text += leave ? closing(node) : opening(node)
      if (leave) continue
      stack.push({ node, leave: true })
      for (let index = node.children.length - 1; index >= 0; index--) {
        const child = node.children[index]
        if (child !== undefined) stack.push({ node: child })
      }
    }
  }
  return text
}

function opening(element: Element): string {
  const heading = /^h([1-6])$/.exec(element.tagName)?.[1]
  if (heading !== undefined) return `\n\n${'#'.repeat(Number(heading))} `
  switch (element.tagName) {
    case 'br':
    case 'tr':
    case 'dt':
    case 'dd':
      return '\n'
    case 'li':
      return '\n- '
    case 'td':
    case 'th':
      return hasCellBefore(element) ? ' | ' : ''
    default:
      return blocks.has(element.tagName) && !isInOneLiner(element) ? '\n\n' : ''
  }
}

function closing(element: Element): string {
  if (!blocks.has(element.tagName)) return ''
  return isInOneLiner(element) ? ' ' : '\n\n'
}

function isInOneLiner({ parent }: Element): boolean {
  return parent !== null && 'tagName' in parent && oneLiners.has(parent.tagName)
}

function hasCellBefore(element: Element): boolean {
  for (let node = element.prev; node !== null; node = node.prev) if ('tagName' in node) return true
  return false
}

function isInPre(node: AnyNode): boolean {
  return node.parent !== null && 'tagName' in node.parent && node.parent.tagName === 'pre'
}

function tidy(text: string): string {
  return text
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n- \n+/g, '\n- ')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
