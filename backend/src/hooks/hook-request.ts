import { createHmac } from 'node:crypto'

/** An event for a hook, as it is sent. */
export interface HookRequest {
  headers: Record<string, string>
  body: string
}

export interface HookMessage {
  hookId: string
  workspaceId: string
  seq: number
  eventType: string
  /** The event's JSON as stored. */
  payload: string
}

/**
 * The request of one attempt. The signature covers the time, so that a receiver can refuse what somebody recorded and
 * sends again later; each attempt is signed anew.
 * @param now epoch milliseconds
 */
export function createHookRequest(message: HookMessage, secret: string, now: number): HookRequest {
  const { hookId, workspaceId, seq, eventType, payload } = message
  const id = deliveryId(message)
  const about = JSON.stringify({ id, type: eventType, workspaceId, hookId, seq })
  // The stored text goes in unread: what is signed is what was logged.
  const body = `${about.slice(0, -1)},"event":${payload}}`
  const time = Math.floor(now / 1000)
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Millrace-Hooks',
      'millrace-event': eventType,
      'millrace-delivery': id,
      'millrace-signature': `t=${time},v1=${sign(secret, time, body)}`,
    },
    body,
  }
}

/** The same for every attempt and every hook of the workspace: receivers drop what they have seen. */
export function deliveryId({ workspaceId, seq }: Pick<HookMessage, 'workspaceId' | 'seq'>): string {
  return `${workspaceId}:${seq}`
}

function sign(secret: string, time: number, body: string): string {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
}
