/** A passage that the prompt offers as `[n] Name: passage`. */
export interface NumberedSource {
  number: number
  name: string
  text: string
}

const sourceStart = /^[ \t]*\[(\d{1,3})\][ \t]*(.*)$/
const afterSources = /^[ \t]*(?:question|query|task|instructions?|answer|frage)\b[^:\n]{0,40}:/i

/** Sources of a prompt in their order, and what is left of it (question and instructions). */
export function readNumberedSources(prompt: string): { sources: NumberedSource[]; rest: string } {
  const sources: NumberedSource[] = []
  const rest: string[] = []
  let current: NumberedSource | null = null
  for (const line of prompt.split(/\r?\n/)) {
    const start = sourceStart.exec(line)
    if (start) {
      const [, name = '', text = ''] = /^(.{1,200}?):\s+(.*)$/.exec(start[2] ?? '') ?? ['', '', start[2] ?? '']
      current = { number: Number(start[1]), name: name.trim(), text }
      sources.push(current)
    } else if (current !== null && !afterSources.test(line)) {
      current.text += `\n${line}`
    } else {
      current = null
      rest.push(line)
    }
  }
  return { sources: sources.filter(({ text }) => text.trim() !== ''), rest: rest.join('\n').trim() }
}

/** The question itself: what follows `Question:`, else the last sentence with a question mark, else all of it. */
export function readQuestion(rest: string): string {
  const labelled = /(?:^|\n)[ \t]*(?:question|query|frage)\b[^:\n]{0,40}:[ \t]*\n?([^\n]+)/i.exec(rest)?.[1]
  const asked = rest.match(/[^.!?\n]+\?/gu)?.at(-1)
  return (labelled ?? asked ?? rest).trim()
}
