import { hookEventTypes } from '@millrace/shared/api/hooks'

/** What happened, in words; a type without a row is named as it is. */
const words: Record<string, string> = {
  'execution:created': 'A run was created',
  'execution:started': 'A run began',
  'execution:waiting': 'A run waits for people',
  'execution:resumed': 'A run goes on',
  'execution:paused': 'A run was paused',
  'execution:stalled': 'A run does not move on',
  'execution:blocked': 'A run may not go on',
  'execution:completed': 'A run ended well',
  'execution:failed': 'A run failed',
  'execution:cancelled': 'A run was stopped',
  'user:input:required': 'Somebody is asked',
  'user:input:reminder': 'Somebody is reminded',
  'user:input:received': 'A question was answered',
  'user:input:expired': 'A question expired',
  'user:input:withdrawn': 'A question was withdrawn',
  'kb:document:completed': 'A document can be searched',
  'kb:document:failed': 'A document could not be read',
  'kb:document:deleted': 'A document was removed',
  'registry:updated': 'A model provider came or went',
}

/** Events to choose from, with what they say. */
export const hookEventChoices = hookEventTypes.map((type) => ({ type, label: hookEventWords(type) }))

export function hookEventWords(type: string): string {
  return words[type] ?? type
}
