import { readFile, writeFile } from 'node:fs/promises'
import { protocolTables } from '@millrace/shared/protocol/protocol-tables'
import { expect, it } from 'vitest'
import type { Conversation, Line } from './conversation.ts'
import { conversations } from './conversations.ts'

const file = new URL('../../../docs/protocol.md', import.meta.url)

it('docs/protocol.md says what the schemas and conversations say', async () => {
  const text = await readFile(file, 'utf8')
  const generated = fill(text, { ...protocolTables, conversations: printConversations })
  if (process.env.UPDATE_DOCS === '1') await writeFile(file, generated)
  else expect(text, 'run it again with UPDATE_DOCS=1').toBe(generated)
})

/** Replaces what stands between `<!-- generated:name -->` and `<!-- end -->`. Every generator must have its place. */
function fill(text: string, generators: Record<string, () => string>): string {
  return Object.entries(generators).reduce((filled, [name, generate]) => {
    const place = new RegExp(`(<!-- generated:${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
    if (!place.test(filled)) throw new Error(`docs/protocol.md has no place for ${name}`)
    return filled.replace(place, (_all, start: string, end: string) => `${start}${generate()}\n${end}`)
  }, text)
}

function printConversations(): string {
  return conversations.map(printConversation).join('\n\n')
}

function printConversation({ name, path, lines }: Conversation): string {
  const opening = path === undefined ? '' : `    (GET /ws${path})\n`
  return `**${name}**\n\`\`\`\n${opening}${lines.map(printLine).join('\n')}\n\`\`\``
}

function printLine(line: Line): string {
  if ('server' in line) return `  < ${JSON.stringify(line.server)}`
  if ('happens' in line) return `    (${line.happens})`
  if ('closes' in line) return `  < close ${line.closes.code} ${line.closes.reason}`.trimEnd()
  return `> ${printClient(line.client)}`
}

function printClient(message: Record<string, unknown> | string | Buffer): string {
  if (Buffer.isBuffer(message)) return '(a binary frame)'
  if (typeof message !== 'string') return JSON.stringify(message)
  return message.length > 200 ? `(${message.length} bytes)` : message
}
