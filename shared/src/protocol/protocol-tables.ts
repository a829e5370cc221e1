import type { z } from 'zod'
import { errorCatalogue } from '../errors/catalogue.ts'
import { eventBase, executionBase, nodeBase } from '../events/envelope.ts'
import { eventDefinitions } from '../events/index.ts'
import { closeCodes, reactionTo } from './close-codes.ts'
import { clientMessages, serverMessages } from './messages.ts'

/** The tables of docs/protocol.md, as Markdown, from the schemas that the code runs by. */
export const protocolTables = {
  events: eventTable,
  'client-messages': () => messageTable(clientMessages),
  'server-messages': () => messageTable(serverMessages),
  'close-codes': closeCodeTable,
  errors: errorTable,
} as const satisfies Record<string, () => string>

/** Fields that the text around the table explains once. */
const commonFields = new Set([
  'type',
  ...Object.keys(nodeBase),
  ...Object.keys(executionBase),
  ...Object.keys(eventBase),
])

function eventTable(): string {
  const rows = eventDefinitions.map(({ type, traits, schema }) => [
    `\`${type}\``,
    traits.topics.join(', '),
    'terminal' in traits ? `${traits.delivery}, terminal` : traits.delivery,
    fieldList(schema.shape, (name) => !commonFields.has(name)),
    traits.doc,
  ])
  return table(['Type', 'Topics', 'Delivery', 'Fields of its own', 'Meaning'], rows)
}

function messageTable(messages: Record<string, z.ZodObject>): string {
  const rows = Object.entries(messages).map(([type, { shape }]) => [
    `\`${type}\``,
    fieldList(shape, (name) => name !== 'type'),
  ])
  return table(['Type', 'Fields'], rows)
}

function closeCodeTable(): string {
  const reasons = Map.groupBy(Object.entries(errorCatalogue), ([, { wsCloseCode }]) => wsCloseCode)
  const rows = Object.entries(closeCodes).map(([name, code]) => [
    String(code),
    name,
    (reasons.get(code) ?? []).map(([error]) => `\`${error}\``).join(', '),
    reactionTo(code),
  ])
  return table(['Code', 'Name', 'Reasons', 'The client'], rows)
}

function errorTable(): string {
  const rows = Object.entries(errorCatalogue).map(([code, { httpStatus, wsCloseCode, retryable, message }]) => [
    `\`${code}\``,
    String(httpStatus),
    wsCloseCode === null ? '' : String(wsCloseCode),
    retryable ? 'yes' : '',
    message,
  ])
  return table(['Code', 'HTTP', 'Closes with', 'Retry helps', 'Message'], rows)
}

function fieldList(shape: Readonly<Record<string, z.ZodType>>, isShown: (name: string) => boolean): string {
  return Object.entries(shape)
    .filter(([name]) => isShown(name))
    .map(([name, field]) => `\`${name}${isOptional(field) ? '?' : ''}\``)
    .join(' ')
}

function isOptional(field: z.ZodType): boolean {
  return field.type === 'optional'
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
