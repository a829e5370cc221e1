import type { Role } from '@millrace/shared/api/auth'
import { eventId } from '@millrace/shared/events/event-id'
import { type HttpApp, setUpOwner } from './http-app.ts'

/** Somebody with an account, signed in. */
export interface Person {
  userId: string
  token: string
  cookie: string
  email: string
}

/** The first workspace of an installation, and people in it. Everything is made through the API. */
export interface SharedWorkspace {
  id: string
  owner: Person
  /** Invites somebody new, who joins with an account. */
  join(role: Role): Promise<Person>
  /** The token of a new invitation. */
  invite(role: Role, workspaceId?: string): Promise<{ id: string; token: string }>
  /** A stored execution with events; nothing runs. */
  startExecution(by?: string): Promise<string>
  /** A new share link of an execution, opened: a guest's token. */
  share(executionId: string): Promise<{ id: string; token: string; accessToken: string }>
  /** Stores `count` more events of a step of the execution. */
  log(executionId: string, text: string, count?: number): Promise<void>
}

let people = 0
let lines = 0

export const password = 'correct horse'

export async function openSharedWorkspace(http: HttpApp): Promise<SharedWorkspace> {
  const owner = await personOf(http, await setUpOwner(http))
  const { body } = await http.send('GET', '/api/me', { token: owner.token })
  const id = (body['workspaces'] as { id: string }[])[0]?.id ?? ''
  const post = async (url: string, token: string, sent: object) => {
    const reply = await http.send('POST', url, { token, body: sent })
    if (reply.status >= 300) throw new Error(`${url} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
    return reply.body
  }
  const invite: SharedWorkspace['invite'] = async (role, workspaceId = id) => {
    const made = await post(`/api/workspaces/${workspaceId}/invitations`, owner.token, { role })
    return { id: String(made['id']), token: String(made['token']) }
  }
  let workflowId: string | null = null
  return {
    id,
    owner,
    invite,
    async join(role) {
      const account = newAccount(role)
      const { token } = await invite(role)
      const reply = await http.send('POST', '/api/invitations/accept', { body: { token, account } })
      if (reply.status !== 201) throw new Error(`accepting was answered ${reply.status}: ${JSON.stringify(reply.body)}`)
      return { ...(await personOf(http, String(reply.body['accessToken']))), cookie: reply.cookie ?? '' }
    },
    async startExecution(by = owner.token) {
      workflowId ??= String((await post('/api/templates/review-desk/workflows', owner.token, {}))['id'])
      const started = await post(`/api/workflows/${workflowId}/executions`, by, { input: { topic: 'Lift repair' } })
      return String(started['executionId'])
    },
    async share(executionId) {
      const link = await post(`/api/executions/${executionId}/share-links`, owner.token, {})
      const opened = await post('/api/share-links/open', '', { token: link['token'] })
      return { id: String(link['id']), token: String(link['token']), accessToken: String(opened['accessToken']) }
    },
    async log(executionId, text, count = 1) {
      const drafts = Array.from({ length: count }, () => {
        lines += 1
        const nodePath = `line${lines}`
        return {
          type: 'node:log' as const,
          eventId: eventId({ nodePath, type: 'node:log', ordinal: lines }),
          timestamp: Date.now(),
          executionId,
          nodeId: 'draft',
          nodePath,
          iteration: 1,
          level: 'info' as const,
          message: text,
        }
      })
      await http.emitter.emit({ workspaceId: id, userId: owner.userId }, drafts)
    },
  }
}

/** Of nobody yet. */
export function newAccount(name: string) {
  people += 1
  return { email: `person-${people}@example.org`, password, name: `${name} ${people}` }
}

async function personOf(http: HttpApp, token: string): Promise<Person> {
  const { body } = await http.send('GET', '/api/me', { token })
  const { id: userId, email } = body['user'] as { id: string; email: string }
  return { userId, token, cookie: '', email }
}
