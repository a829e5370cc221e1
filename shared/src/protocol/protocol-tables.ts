import type { z } from 'zod'
import { executionStatuses } from '../engine/execution-view.ts'
import { errorCatalogue } from '../errors/catalogue.ts'
import { eventBase, executionBase, nodeBase } from '../events/envelope.ts'
import { eventDefinitions } from '../events/index.ts'
import { impliedStatuses } from './channel-filters.ts'
import { channelDefinitions } from './channels.ts'
import { closeCodes, reactionTo } from './close-codes.ts'
import { clientMessages, serverMessages } from './messages.ts'

/** The tables of docs/protocol.md, as Markdown, from the schemas that the code runs by. */
export const protocolTables = {
  events: eventTable,
  channels: channelTable,
  'implied-statuses': impliedStatusTable,
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

const itemsOf = {
  executions: 'the newest 100 runs and all that are not over',
  prompts: 'open questions',
  approvals: 'open approvals',
  documents: 'documents in work',
} as const

function channelTable(): string {
  const rows = Object.entries(channelDefinitions).map(([pattern, { topic, workspaceFrom, list, events }]) => [
    `\`${pattern}\``,
    topic === 'execution' ? 'the execution’s' : workspaceFrom === 'id' ? 'that of the id' : 'the workspace’s',
    events,
    list === null ? '' : itemsOf[list],
  ])
  return table(['Name', 'Topic', 'Events', 'Items of its snapshot'], rows)
}

function impliedStatusTable(): string {
  const types = Object.entries(impliedStatuses)
  const rows = executionStatuses.flatMap((status) => {
    const implying = types.filter(([, statuses]) => statuses.includes(status)).map(([type]) => `\`${type}\``)
    return implying.length === 0 ? [] : [[`\`${status}\``, implying.join(', ')]]
  })
  return table(['Status', 'Events that say it'], rows)
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
