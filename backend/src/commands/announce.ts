import type { Announce } from '@millrace/shared/api/notifications'
import type { EventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventOwner } from '@millrace/temporal/ports'
import type { z } from 'zod'
import type { Caller } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { listMembers } from '../repositories/members.ts'
import { newId } from '../repositories/new-id.ts'

/**
 * Tells every member of the caller's workspace something, through the log: who is away reads it later.
 * `seed` of the idempotency key; with the same one nobody is told twice.
 */
export async function announce(
  {
    database,
    events,
  }: { database: Database; events: { emit(owner: EventOwner, drafts: EventDraft[]): Promise<unknown> } },
  { workspaceId }: Caller,
  { notice, seed }: { notice: z.output<typeof Announce>; seed: string | null },
): Promise<{ count: number }> {
  const members = await listMembers(database.orm, workspaceId)
  const draft: EventDraft = {
    type: 'notification',
    eventId: eventId({ nodePath: null, type: 'notification', ordinal: `announced:${seed ?? newId()}` }),
    timestamp: Date.now(),
    category: 'announcement',
    ...notice,
  }
  // At once: the log stores neighbours in one transaction. Their number is bounded with that of members.
  await Promise.all(members.map(({ userId }) => events.emit({ workspaceId, userId }, [draft])))
  return { count: members.length }
}
