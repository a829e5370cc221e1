import { executionTopic, userTopic } from '../../events/topic-name.ts'
import type { Identity } from '../identity.ts'
import type { RingName } from './unfinished-message.ts'

/** Whether events of a ring may ever be written to an identity, whoever authorised it before. */
export function mayRead({ kind, userId, workspaces, executionId }: Identity, ring: RingName): boolean {
  if (kind === 'share' && ring.topic !== executionTopic(executionId ?? '')) return false
  if (ring.topic.startsWith('user:')) return ring.topic === userTopic(userId)
  for (const { id } of workspaces) if (id === ring.workspaceId) return true
  return false
}
