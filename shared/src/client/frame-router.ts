import type { WorkflowEvent } from '../events/index.ts'
import { isApprovalEvent } from '../protocol/approval-events.ts'
import type { ChannelFrame } from '../protocol/channels.ts'
import {
  isServerMessageType,
  type ServerFrame,
  type ServerMessage,
  type ServerMessageOf,
} from '../protocol/messages.ts'
import type { Acknowledger } from './acknowledger.ts'
import type { ConnectionCounters } from './connection-counters.ts'
import type { EventListeners } from './event-listeners.ts'
import type { FollowedChannel } from './followed-channel.ts'
import type { Followed, FollowedSet } from './followed-set.ts'
import type { OwnPresence } from './own-presence.ts'
import type { PendingCommands } from './pending-commands.ts'

export interface FrameRouterOptions {
  followed: FollowedSet
  listeners: EventListeners
  acknowledger: Acknowledger
  commands: PendingCommands
  presence: OwnPresence
  counters: ConnectionCounters
  onTokenExpiring: () => void
}

/** Brings what the server says to whom it concerns: what is followed, commands that wait, listeners. */
export class FrameRouter {
  readonly #options: FrameRouterOptions
  readonly #followed: FollowedSet
  readonly #listeners: EventListeners
  readonly #counters: ConnectionCounters

  constructor(options: FrameRouterOptions) {
    this.#options = options
    this.#followed = options.followed
    this.#listeners = options.listeners
    this.#counters = options.counters
  }

  /** `characters`: length of the message that it came in. */
  handle(frame: ServerFrame, characters: number): void {
    if (frame.type === 'batch') {
      this.#handleBatch(frame as ServerMessageOf<'batch'>, characters)
      return
    }
    if (isServerMessageType(frame.type)) {
      this.#handleMessage(frame as ServerMessage, characters)
      this.#listeners.tell(frame)
      return
    }
    this.#handleEvent(frame as ChannelFrame, characters)
  }

  #handleEvent({ channel: name, ...event }: ChannelFrame, characters: number): void {
    if (event.topic === undefined) {
      if (isApprovalEvent(event)) return
      const execution = 'executionId' in event ? this.#followed.execution(event.executionId) : undefined
      if (execution?.handleEvent(event) === true) this.#deliver([event])
      this.#acknowledge(execution, characters)
      return
    }
    for (const channel of this.#followed.channelsFor(name, event.workspaceId)) {
      if (!channel.handleEvent(event)) continue
      this.#counters.eventsDeliveredCount += 1
      this.#acknowledge(channel, characters)
    }
    this.#listeners.tellOnce({ ...event, topic: event.topic })
  }

  /** Its events are told as if they had come one by one. */
  #handleBatch(batch: ServerMessageOf<'batch'>, characters: number): void {
    const { executionId, events } = batch
    if (executionId !== undefined) {
      const execution = this.#followed.execution(executionId)
      if (execution?.handleBatch(batch) === true) this.#deliver(events)
      this.#acknowledge(execution, characters)
      return
    }
    const channel = this.#followed.channel(batch)
    this.#counters.eventsDeliveredCount += channel?.handleBatch(batch).length ?? 0
    for (const event of events) this.#listeners.tellOnce({ ...event, topic: event.topic ?? '' })
    this.#acknowledge(channel, characters)
  }

  #handleMessage(message: ServerMessage, characters: number): void {
    if (message.type === 'token_expiring') this.#options.onTokenExpiring()
    this.#options.commands.handleMessage(message)
    const execution = 'executionId' in message ? this.#followed.execution(message.executionId) : undefined
    const channel = 'channel' in message ? this.#followed.channel(message) : undefined
    switch (message.type) {
      case 'subscribed':
        execution?.handleSubscribed(message)
        channel?.handleSubscribed(message)
        this.#noteEpoch(channel, message.epoch)
        if (execution !== undefined) this.#options.presence.tell(execution.executionId)
        break
      case 'presence:update':
        execution?.handlePresence(message)
        break
      case 'resync':
        execution?.handleResync()
        channel?.handleResync()
        break
      case 'caught_up':
        execution?.handleCaughtUp(message)
        channel?.handleCaughtUp(message)
        break
      case 'error':
        execution?.handleError(message)
        channel?.handleError(message)
        break
      case 'snapshot':
        execution?.handleSnapshot(message)
        channel?.handleSnapshot(message)
        this.#noteEpoch(channel, message.epoch)
        this.#acknowledge(execution ?? channel, characters)
        break
      case 'ended':
        execution?.handleEnded(message)
        break
      default:
    }
  }

  #deliver(events: readonly WorkflowEvent[]): void {
    this.#counters.eventsDeliveredCount += events.length
    for (const event of events) this.#listeners.tell(event)
  }

  #noteEpoch(channel: FollowedChannel | undefined, epoch: string): void {
    if (channel !== undefined && channel.topic !== null) this.#listeners.noteEpoch(channel.topic, epoch)
  }

  #acknowledge(followed: Followed | undefined, characters: number): void {
    const seq = followed?.arrivedSeq ?? null
    if (followed !== undefined && seq !== null) this.#options.acknowledger.note(followed.address, seq, characters)
  }
}
