import type { VariableGroup } from './variables.ts'

/** The name that is being typed. */
export interface Token {
  from: number
  to: number
  text: string
}

/** The path before the cursor where a variable could stand; null elsewhere, as in the plain text of a template. */
export function tokenAt(source: string, cursor: number, kind: 'cel' | 'template'): Token | null {
  const before = source.slice(0, cursor)
  if (kind === 'template' && !isInsideBraces(before)) return null
  const text = /[A-Za-z_][\w.]*$/.exec(before)?.[0] ?? ''
  const opening = before.slice(0, before.length - text.length)
  // Inside quotes it is a text, not a name.
  const code =
    kind === 'template' ? opening.slice(Math.max(opening.lastIndexOf('{{'), opening.lastIndexOf('{%'))) : opening
  const quotes = (code.match(/["']/g) ?? []).length
  return quotes % 2 === 1 ? null : { from: cursor - text.length, to: cursor, text }
}

function isInsideBraces(before: string): boolean {
  const opened = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'))
  const closed = Math.max(before.lastIndexOf('}}'), before.lastIndexOf('%}'))
  return opened > closed
}

/** Variables that fit what is typed: those that begin with it first, then those that hold it. */
export function matching(groups: readonly VariableGroup[], typed: string): VariableGroup[] {
  const wanted = typed.toLowerCase()
  if (wanted === '') return [...groups]
  const keep = (test: (path: string) => boolean) =>
    groups
      .map((group) => ({ ...group, variables: group.variables.filter(({ path }) => test(path.toLowerCase())) }))
      .filter((group) => group.variables.length > 0)
  const begin = keep((path) => path.startsWith(wanted) || path.split('.').some((part) => part.startsWith(wanted)))
  return begin.length > 0 ? begin : keep((path) => path.includes(wanted))
}

export interface Insertion {
  source: string
  cursor: number
}

/** The source with a variable at the token, or at the cursor. Outside braces of a template the braces come along. */
export function insertVariable(source: string, cursor: number, path: string, kind: 'cel' | 'template'): Insertion {
  const token = tokenAt(source, cursor, kind)
  if (token !== null) {
    const rest = source.slice(token.to).replace(/^[\w.]*/, '')
    return { source: source.slice(0, token.from) + path + rest, cursor: token.from + path.length }
  }
  const text = kind === 'template' ? `{{ ${path} }}` : path
  return { source: source.slice(0, cursor) + text + source.slice(cursor), cursor: cursor + text.length }
}

/** Pieces of a template, so that what is replaced can be shown apart from what stands as it is. */
export function templatePieces(source: string): { text: string; kind: 'text' | 'value' | 'tag' }[] {
  return source.split(/(\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$))/).flatMap((text) => {
    if (text === '') return []
    return [
      {
        text,
        kind: text.startsWith('{{') ? ('value' as const) : text.startsWith('{%') ? ('tag' as const) : ('text' as const),
      },
    ]
  })
}
