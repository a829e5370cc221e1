import {
  checkAnswer,
  checkPause,
  createState,
  type EngineState,
  eventIdsOf,
  nodeOutcomes,
  step,
} from '@millrace/shared/engine/interpreter'
import type {
  EngineCommand,
  EngineEvent,
  EngineInput,
  ExecutionOutcome,
  PauseCheck,
} from '@millrace/shared/engine/protocol'
import type { JsonObject } from '@millrace/shared/json'
import { CancellationScope, log, patched, proxySinks } from '@temporalio/workflow'
import type { FinalizeRequest } from '../ports.ts'
import type {
  AnswerRequest,
  AnswerResult,
  CarriedRun,
  ExecuteGraphInput,
  ExecutionJournal,
  PauseRequest,
  PauseResult,
} from '../workflow-contract.ts'
import { catalogued, describeEffectFailure } from './effect-failure.ts'
import type { EngineSinks } from './engine-sinks.ts'
import { type EffectOptions, evaluateEffect, fitsActivity, runNodeEffect } from './node-effects.ts'
import { RunTimers } from './run-timers.ts'

const { events: eventSink } = proxySinks<EngineSinks>()

/** Mark in the histories of runs that begin nothing while they are paused, also what a change of history had kept. */
const keepsHeldWhilePaused = 'keeps-held-while-paused'

/** An input before it gets its time. */
type Untimed<Input = EngineInput> = Input extends unknown ? Omit<Input, 'now'> : never

/** Default of `heartbeatTimeoutMs`: what a killed worker costs a running node. 1 s gave no false alarms in 100 measured runs. */
const heartbeatTimeoutMs = 2000

/** JSON characters of the closing table: a payload holds 2 MiB of bytes. The interpreter's own bounds lie below it. */
const journalCharactersMax = 1_800_000

/** Carried state larger than this stays in its history: a payload holds 2 MiB. The interpreter bounds how long that history can get. */
const carriedCharactersMax = 1_500_000

/**
 * One execution: the interpreter's state, and everything it has under way. Each input passes through
 * `feed`, alone, and settles all its consequences there: events first, then commands.
 */
export class GraphRun {
  readonly #input: ExecuteGraphInput
  readonly #options: EffectOptions
  /** Parent of all effects: a cancel request of Temporal's own must not reach them past the interpreter (R1). */
  readonly #shelter = new CancellationScope({ cancellable: false })
  readonly #effects = new Map<string, CancellationScope>()
  readonly #timers: RunTimers
  readonly #inbox: Untimed[] = []
  #state: EngineState
  #held: EngineCommand[] = []
  #outcome: ExecutionOutcome | null = null
  #isStepping = false
  #isHolding = false

  constructor(input: ExecuteGraphInput) {
    const { executionId, owner, plan, settings, carried } = input
    this.#input = input
    this.#options = { executionId, owner, heartbeatTimeoutMs: settings?.heartbeatTimeoutMs ?? heartbeatTimeoutMs }
    this.#timers = new RunTimers(this.#shelter, (timerId) => this.feed({ type: 'timerFired', timerId }))
    this.#state = carried === undefined ? createState(plan) : (carried.state as unknown as EngineState)
  }

  /** The decided end; once set, nothing changes it. */
  get outcome(): ExecutionOutcome | null {
    return this.#outcome
  }

  /** Nothing runs: the history may change. Timers do not count, they are set anew. */
  get isQuiet(): boolean {
    return this.#effects.size === 0
  }

  begin(): void {
    const { carried, executionId, input } = this.#input
    if (carried === undefined) return this.feed({ type: 'start', executionId, input })
    for (const { timerId, fireAt } of carried.timers) this.#timers.start(timerId, fireAt)
    this.#held = [...carried.held]
    this.#beginHeld()
  }

  feed(input: Untimed): void {
    this.#inbox.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      if (this.#outcome === null) this.#step({ ...next, now: Date.now() } as EngineInput)
    }
    this.#isStepping = false
  }

  check({ requestId, response }: AnswerRequest) {
    return checkAnswer(this.#input.plan, this.#state, requestId, response)
  }

  /** An admitted answer. The first valid one closes the question; a later one learns who was first. */
  answer(request: AnswerRequest): AnswerResult {
    const check = this.check(request)
    if (!check.ok) {
      const { code, message, details } = check
      return { accepted: false, code, message, ...(details === undefined ? {} : { details }) }
    }
    const { requestId, answeredBy } = request
    this.feed({ type: 'promptAnswered', requestId, response: check.response, answeredBy })
    return { accepted: true, response: check.response, answeredBy, answeredAt: Date.now() }
  }

  checkPause(wish: 'pause' | 'resume'): PauseCheck {
    // An end that the interpreter did not decide is not in its state.
    return checkPause(this.#outcome === null ? this.#state : { ...this.#state, outcome: this.#outcome }, wish)
  }

  /** An admitted wish to pause or to go on. */
  pause(wish: 'pause' | 'resume', { reason, by }: PauseRequest): PauseResult {
    const check = this.checkPause(wish)
    if (!check.ok) return { accepted: false, code: check.code, message: check.message }
    if (wish === 'resume') {
      this.feed({ type: 'resume', by })
      this.#beginHeld()
    } else this.feed({ type: 'pause', by, ...(reason === undefined ? {} : { reason }) })
    const { status } = this.#state
    return { accepted: true, status: status === 'finished' ? (this.#outcome?.status ?? 'running') : status }
  }

  /** From now on effects are not begun but kept for the next history. */
  hold(): void {
    this.#isHolding = true
  }

  /** What the next history needs; null when it is too large to be handed over. */
  carry(): CarriedRun | null {
    const state = this.#state as unknown as JsonObject
    const carried: CarriedRun = { state, timers: this.#timers.pending(), held: this.#held }
    return JSON.stringify(carried).length <= carriedCharactersMax ? carried : null
  }

  /** Takes the hold back and begins what was kept, unless the run is paused: then that begins when it goes on. */
  release(): void {
    this.#isHolding = false
    this.#beginHeld()
  }

  journal(): ExecutionJournal {
    const { plan } = this.#input
    const lists = { nodes: nodeOutcomes(plan, this.#state), eventIds: eventIdsOf(plan, this.#state) }
    const isComplete = JSON.stringify(lists).length <= journalCharactersMax
    return {
      outcome: this.#outcome,
      startedAt: this.#state.startedAt,
      ...(isComplete ? lists : { nodes: [], eventIds: [] }),
      isComplete,
    }
  }

  closing(outcome: ExecutionOutcome): FinalizeRequest {
    const { startedAt, nodes, eventIds, isComplete } = this.journal()
    const finishedAt = Date.now()
    const { executionId, createdAt = startedAt } = this.#input
    const duration = Math.max(0, finishedAt - createdAt)
    return {
      executionId,
      outcome,
      finishedAt,
      duration,
      nodes,
      eventIds,
      ...(isComplete ? {} : { isJournalComplete: false }),
    }
  }

  #beginHeld(): void {
    if (this.#isHolding || this.#held.length === 0) return
    // Asked last: the answer is written into the history. Runs of before it began them all the same.
    if (this.#state.status === 'paused' && patched(keepsHeldWhilePaused)) return
    for (const command of this.#held.splice(0)) this.#execute(command)
  }

  #step(input: EngineInput): void {
    try {
      const result = step(this.#input.plan, this.#state, input)
      this.#state = result.state
      this.#tell(result.events, input.now)
      for (const command of result.commands) this.#execute(command)
    } catch (error) {
      // A fault of ours must end the run: thrown from here it would only repeat the workflow task for ever.
      log.error('interpreter failed', {
        inputType: input.type,
        error: error instanceof Error ? error.stack : String(error),
      })
      this.#finish({ status: 'failed', error: catalogued('INTERNAL') })
    }
  }

  #tell(events: EngineEvent[], timestamp: number): void {
    if (events.length === 0) return
    const drafts = events.map((event) => ({ ...event, timestamp }))
    eventSink.append(JSON.stringify({ owner: this.#input.owner, drafts }))
  }

  #execute(command: EngineCommand): void {
    switch (command.type) {
      case 'runNode':
      case 'evaluate':
        if (this.#isHolding) this.#held.push(command)
        else this.#beginEffect(command)
        return
      case 'cancelNode':
        return this.#cancelEffect(command.nodePath)
      case 'startTimer':
        return this.#timers.start(command.timerId, command.fireAt)
      case 'cancelTimer':
        return this.#timers.cancel(command.timerId)
      case 'finish':
        return this.#finish(command.outcome)
    }
  }

  #beginEffect(command: Extract<EngineCommand, { type: 'runNode' | 'evaluate' }>): void {
    const { nodePath } = command
    if (!fitsActivity(command))
      return this.feed({ type: 'nodeFailed', nodePath, error: catalogued('OUTPUT_TOO_LARGE') })
    const scope = new CancellationScope({ cancellable: true, parent: this.#shelter })
    this.#effects.set(nodePath, scope)
    const run = async (): Promise<Untimed> => {
      if (command.type === 'evaluate') {
        return { type: 'evaluated', nodePath, config: await evaluateEffect(command, this.#options) }
      }
      return { type: 'nodeSucceeded', nodePath, ...(await runNodeEffect(command, this.#options)) }
    }
    scope.run(run).then(
      (input) => this.#endEffect(nodePath, input),
      (failure: unknown) => {
        // R3: cancelled whatever the error says; an attempt whose worker died ends as a timeout.
        if (scope.consideredCancelled) return this.#endEffect(nodePath, { type: 'nodeCancelled', nodePath })
        this.#endEffect(nodePath, { type: 'nodeFailed', nodePath, ...describeEffectFailure(failure) })
      },
    )
  }

  #endEffect(nodePath: string, input: Untimed): void {
    this.#effects.delete(nodePath)
    this.feed(input)
  }

  #cancelEffect(nodePath: string): void {
    const heldCount = this.#held.length
    this.#held = this.#held.filter((command) => !('nodePath' in command) || command.nodePath !== nodePath)
    if (this.#held.length < heldCount) return this.feed({ type: 'nodeCancelled', nodePath })
    this.#effects.get(nodePath)?.cancel()
  }

  #finish(outcome: ExecutionOutcome): void {
    this.#outcome ??= outcome
    this.#timers.cancelAll()
    for (const scope of this.#effects.values()) scope.cancel()
  }
}
