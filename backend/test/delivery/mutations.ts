import { type EventDraft, isTerminalEvent, type WorkflowEvent } from '@millrace/shared/events'
import type { EventBus } from '../../src/events/event-bus.ts'
import type { StoredEvent } from '../../src/events/event-reader.ts'
import type { AnomalyName } from '../support/checker/anomaly.ts'
import type { ClientLies } from '../support/checker/journaled-client.ts'
import type { Broken } from './checked-scenario.ts'
import { ada } from './delivery-world.ts'
import { type Lie, lyingTransport, type ServerMessage } from './lying-transport.ts'
import { streamDraft } from './memory-log.ts'
import { RecordedLog } from './recorded-log.ts'

/** A server with one rule broken, and what the checker must say of it. */
export interface Mutation {
  rule: string
  broken: () => Broken
  expected: AnomalyName
}

const isEvent = (message: ServerMessage) => typeof message['eventId'] === 'string'
const isRunEvent = (message: ServerMessage) => isEvent(message) && message['topic'] === undefined
const isText = (message: ServerMessage) => message.type === 'node:stream'

/** Each connection is lied to by a lie of its own. */
const lying = (createLie: () => Lie) => () => ({
  transport: (transport: Parameters<typeof lyingTransport>[0]) => lyingTransport(transport, createLie()),
})

/** Changes each message that is meant. */
const changing = (isMeant: (message: ServerMessage) => boolean, change: Lie) =>
  lying(() => (message) => (isMeant(message) ? change(message) : [message]))

/** Changes the nth of the messages that are meant, on each connection. */
const changingNth = (nth: number, isMeant: (message: ServerMessage) => boolean, change: Lie) =>
  lying(() => {
    let count = 0
    return (message) => {
      if (isMeant(message)) count += 1
      return isMeant(message) && count === nth ? change(message) : [message]
    }
  })

function swapping(): Lie {
  let held: ServerMessage | null = null
  let isDone = false
  return (message) => {
    if (isDone || !isRunEvent(message)) return [message]
    if (held === null) {
      held = message
      return []
    }
    isDone = true
    return [message, held]
  }
}

/** Joins two passages and loses the text of the first. */
function mergingWrongly(): Lie {
  let held: ServerMessage | null = null
  return (message) => {
    const former = held
    held = null
    if (former !== null && isText(message)) return [{ ...message, count: 2 }]
    if (former !== null) return [former, message]
    if (!isText(message)) return [message]
    held = message
    return []
  }
}

function fallingSilent(): Lie {
  let count = 0
  return (message) => {
    if (isRunEvent(message)) count += 1
    return count > 3 ? [] : [message]
  }
}

/** Forgets the third append of the first run, after saying that it is stored. */
class ForgetfulLog extends RecordedLog {
  #count = 0

  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    if (topic === 'execution:e1') this.#count += 1
    return topic === 'execution:e1' && this.#count === 3 ? [] : super.append(topic, drafts)
  }
}

/** Lets an older attempt write after a newer one. */
class FencelessLog extends RecordedLog {
  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    const stored = super.append(topic, drafts)
    if (topic === 'execution:e3') {
      const text = this.textLengthOf(topic)
      super.append(topic, [{ ...streamDraft('e3', 'x', 0), attempt: 2, eventId: 'second' }])
      super.append(topic, [{ ...streamDraft('e3', 'x', text), eventId: 'first' }])
    }
    return stored
  }
}

/** Goes on writing after the end. */
class RestlessLog extends RecordedLog {
  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    const stored = super.append(topic, drafts)
    if (drafts.some(isTerminalEvent))
      super.append(topic, [{ ...streamDraft('e1', 'x', 0), attempt: 9, eventId: 'late' }])
    return stored
  }
}

/** Stores again what it has stored. */
class RepeatingLog extends RecordedLog {
  #count = 0

  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    this.#count += 1
    if (this.#count === 3) super.append(topic, drafts.slice(0, 1))
    return super.append(topic, drafts)
  }
}

/** Has a step begin that is over. */
class ForgetfulStepsLog extends RecordedLog {
  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    const [first] = drafts
    if (topic === 'execution:e3' && first?.type === 'node:log') {
      const { executionId, nodeId, nodePath, iteration } = first
      const step = { timestamp: 1, executionId, nodeId, nodePath, iteration, attempt: 1 }
      const started = { ...step, type: 'node:started', nodeType: 'set' } as EventDraft
      const completed = { ...step, type: 'node:completed', duration: 1 } as EventDraft
      super.append(topic, [
        { ...started, eventId: 'started/1' },
        { ...completed, eventId: 'completed/1' },
        { ...started, eventId: 'started/2' },
      ])
    }
    return super.append(topic, drafts)
  }
}

class EndlessLog extends RecordedLog {
  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    return super.append(
      topic,
      drafts.filter((draft) => !isTerminalEvent(draft)),
    )
  }
}

function tellingLate(): ClientLies {
  let held: WorkflowEvent | null = null
  return {
    told(event) {
      if ('topic' in event) return [event]
      if (held !== null) return [event, ...takeHeld()]
      if (event.type !== 'node:log') return [event]
      held = event
      return []
    },
  }
  function takeHeld(): WorkflowEvent[] {
    const taken = held === null ? [] : [held]
    held = null
    return taken
  }
}

export const mutations: readonly Mutation[] = [
  { rule: 'a number is skipped', broken: changingNth(3, isRunEvent, () => []), expected: 'gap' },
  {
    rule: 'an event of a list is skipped',
    broken: changingNth(
      2,
      (m) => isEvent(m) && !isRunEvent(m),
      () => [],
    ),
    expected: 'gap',
  },
  {
    rule: 'every event comes twice',
    broken: changing(isRunEvent, (message) => [message, message]),
    expected: 'duplicate',
  },
  { rule: 'two events change places', broken: lying(swapping), expected: 'reordered' },
  {
    rule: 'an event says something else',
    broken: changingNth(2, isRunEvent, (message) => [{ ...message, timestamp: 77 }]),
    expected: 'disagreement',
  },
  { rule: 'merging loses text', broken: lying(mergingWrongly), expected: 'bad merge' },
  {
    rule: 'a snapshot is wrong',
    broken: changing(
      ({ type }) => type === 'snapshot',
      (message) => [{ ...message, state: { ...(message['state'] as object), totalNodes: 99 } }],
    ),
    expected: 'fold mismatch',
  },
  {
    rule: 'an event was never stored',
    broken: changing(
      ({ type }) => type === 'ended',
      (message) => [
        { type: 'node:log', eventId: 'x', executionId: message['executionId'], seq: Number(message['seq']) + 1 },
        message,
      ],
    ),
    expected: 'phantom',
  },
  {
    rule: 'the end is told too early',
    broken: changingNth(
      1,
      ({ type }) => type === 'caught_up',
      (message) => [message, { ...message, type: 'ended' }],
    ),
    expected: 'early end',
  },
  {
    rule: 'events follow the end',
    broken: () => ({ createLog: (bus) => new RestlessLog(bus) }),
    expected: 'after terminal',
  },
  { rule: 'the terminal event is dropped', broken: changing(isTerminalEvent, () => []), expected: 'gap' },
  {
    rule: 'a run never ends',
    broken: () => ({ createLog: (bus) => new EndlessLog(bus) }),
    expected: 'missing terminal',
  },
  {
    rule: 'an acknowledged write is lost',
    broken: () => ({ createLog: (bus) => new ForgetfulLog(bus) }),
    expected: 'lost write',
  },
  {
    rule: 'attempts are not fenced',
    broken: () => ({ createLog: (bus) => new FencelessLog(bus) }),
    expected: 'mixed attempts',
  },
  {
    rule: 'continuity is lost without a word',
    broken: changing(
      ({ type }) => type === 'resync',
      () => [],
    ),
    expected: 'silent reset',
  },
  {
    rule: 'epochs are not compared',
    broken: () => ({
      createLog: (bus) => new RecordedLog(withoutEpochs(bus)),
      reader: (log) => ({
        head: async (topic) => {
          const head = await log.head(topic)
          return head && withoutEpoch(head)
        },
        heads: async (topics) =>
          new Map([...(await log.heads(topics))].map(([topic, head]) => [topic, withoutEpoch(head)])),
        read: async (topic, after, limit) => (await log.read(topic, after, limit)).map(withoutEpoch),
      }),
    }),
    expected: 'phantom',
  },
  {
    rule: 'the workspace is not compared',
    broken: () => ({
      authenticate: (own) => async (credentials) => ({
        ...(await own(credentials)),
        workspaces: [...ada.workspaces, { id: 'ws-2', role: 'owner' }],
      }),
    }),
    expected: 'leak',
  },
  {
    rule: 'expiry is ignored',
    broken: () => ({
      authenticate: (own) => async (credentials) => ({ ...(await own(credentials)), expiresAt: null }),
    }),
    expected: 'after expiry',
  },
  {
    rule: 'revocation does not reach the connection',
    broken: () => ({
      afterOpening: ({ manager }) => {
        manager.rights.disconnect = () => 0
      },
    }),
    expected: 'after revocation',
  },
  {
    rule: 'a repeated append is stored again',
    broken: () => ({ createLog: (bus) => new RepeatingLog(bus) }),
    expected: 'duplicate write',
  },
  {
    rule: 'a step that is over begins again',
    broken: () => ({ createLog: (bus) => new ForgetfulStepsLog(bus) }),
    expected: 'repeated step',
  },
  {
    rule: 'the client tells everything twice',
    broken: () => ({ clientLies: () => ({ told: (event) => [event, event] }) }),
    expected: 'duplicate',
  },
  {
    rule: 'the client tells the events of a list twice',
    broken: () => ({ clientLies: () => ({ told: (event) => ('topic' in event ? [event, event] : [event]) }) }),
    expected: 'duplicate',
  },
  {
    rule: 'the client keeps a log line to itself',
    broken: () => ({ clientLies: () => ({ told: (event) => (event.type === 'node:log' ? [] : [event]) }) }),
    expected: 'gap',
  },
  {
    rule: 'the client tells things in another order',
    broken: () => ({ clientLies: tellingLate }),
    expected: 'reordered',
  },
  {
    rule: 'the client shows a state of its own making',
    broken: () => ({ clientLies: () => ({ shown: (view) => ({ ...view, totalNodes: 99 }) }) }),
    expected: 'fold mismatch',
  },
  { rule: 'delivery falls silent', broken: lying(fallingSilent), expected: 'not live' },
  {
    rule: 'subscribed is told for what was not asked',
    broken: changing(
      ({ type }) => type === 'subscribed',
      () => [],
    ),
    expected: 'unasked',
  },
]

function withoutEpoch<Told extends { epoch: string }>(told: Told): Told {
  return { ...told, epoch: 'epoch-1' }
}

function withoutEpochs(bus: EventBus): EventBus {
  return {
    publish: (events) => bus.publish(events.map(withoutEpoch)),
    subscribe: (listener) => bus.subscribe(listener),
    close: () => bus.close(),
  }
}
