import { engineVersionMax } from '@millrace/shared/engine/engine-version'
import { ApplicationFailure } from '@temporalio/common'
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type {
  AnswerRequest,
  AnswerResult,
  CancelRequest,
  ExecuteGraphInput,
  ExecuteGraphResult,
  ExecutionJournal,
  handlerNames,
  PauseRequest,
  PauseResult,
} from '../workflow-contract.ts'
import { catalogued } from './effect-failure.ts'
import { GraphRun } from './graph-run.ts'
import { admit, finalize } from './steady-activities.ts'

// The names as literals of the contract's types: its values live outside the bundle.
const names: typeof handlerNames = {
  answer: 'answer',
  cancel: 'cancel',
  pause: 'pause',
  resume: 'resume',
  state: 'state',
}
const answerUpdate = defineUpdate<AnswerResult, [AnswerRequest]>(names.answer)
const pauseUpdate = defineUpdate<PauseResult, [PauseRequest]>(names.pause)
const resumeUpdate = defineUpdate<PauseResult, [PauseRequest]>(names.resume)
const cancelSignal = defineSignal<[CancelRequest]>(names.cancel)
const stateQuery = defineQuery<ExecutionJournal>(names.state)

/** Default of `historyEventsMax`: the server warns at 10,240. */
const historyEventsMax = 10_000

/** Runs one execution from its plan. Returns after its terminal event has been stored. */
export async function executeGraph(input: ExecuteGraphInput): Promise<ExecuteGraphResult> {
  refuseNewer(input)
  const run = openRun(input)
  if (run === null) return closeUnreadable(input)
  // Our own scope: a cancel request of Temporal's only knocks, like every other input.
  return new CancellationScope({ cancellable: false }).run(async () => {
    run.begin()
    const handlers = listen(run)
    await condition(() => run.outcome !== null || isHistoryLong(input))
    if (run.outcome === null) {
      await goOnInFreshHistory(run, input, handlers)
      // Too large to be handed over, or over meanwhile: it ends in this history.
      await condition(() => run.outcome !== null)
    }
    const outcome = run.outcome ?? unreachable()
    await finalize(input.owner, run.closing(outcome))
    await condition(allHandlersFinished)
    return outcome.status === 'failed' ? { status: 'failed', error: outcome.error } : { status: outcome.status }
  })
}

/**
 * A run that needs a newer interpreter, met while a deployment is under way. What is thrown fails this task only: Temporal
 * hands it out again, until a worker takes it that knows the version. Must stay the first thing that a run does.
 */
function refuseNewer({ executionId, plan: { engineVersion } }: ExecuteGraphInput): void {
  if (engineVersion <= engineVersionMax) return
  log.warn('run left to a newer worker', { executionId, engineVersion, engineVersionMax })
  throw new Error(`This worker knows engine versions up to ${engineVersionMax}; the run needs ${engineVersion}.`)
}

/** Null for a plan that this interpreter cannot read: thrown, it would repeat the workflow task for ever. */
function openRun(input: ExecuteGraphInput): GraphRun | null {
  try {
    return new GraphRun(input)
  } catch (error) {
    log.error('plan cannot be read', { error: error instanceof Error ? error.stack : String(error) })
    return null
  }
}

async function closeUnreadable({ executionId, owner, createdAt }: ExecuteGraphInput): Promise<ExecuteGraphResult> {
  const error = catalogued('INTERNAL')
  const finishedAt = Date.now()
  await finalize(owner, {
    executionId,
    outcome: { status: 'failed', error },
    finishedAt,
    duration: Math.max(0, finishedAt - (createdAt ?? finishedAt)),
    nodes: [],
    eventIds: [],
    isJournalComplete: false,
  })
  return { status: 'failed', error }
}

interface Handlers {
  /** Length of the history when a handler last ended. */
  lastEndedAt: number
}

/**
 * Registers everything that can come from outside; before the first await, so that nothing that came early is lost,
 * and after `begin`: registering serves at once what has come, and after a replay of a first task without
 * commands an answer arrives together with the start.
 */
function listen(run: GraphRun): Handlers {
  const handlers: Handlers = { lastEndedAt: 0 }
  const afterAdmission = async <T>(act: () => T): Promise<T> => {
    try {
      await CancellationScope.nonCancellable(admit)
      return act()
    } finally {
      handlers.lastEndedAt = workflowInfo().historyLength
    }
  }
  setHandler(answerUpdate, (request) => afterAdmission(() => run.answer(request)), {
    validator: (request) => {
      const check = run.check(request)
      if (!check.ok) throw ApplicationFailure.nonRetryable(check.message, check.code, { details: check.details })
    },
  })
  const refuseLate = (wish: 'pause' | 'resume') => (_request: PauseRequest) => {
    const check = run.checkPause(wish)
    if (!check.ok) throw ApplicationFailure.nonRetryable(check.message, check.code)
  }
  setHandler(pauseUpdate, (request) => afterAdmission(() => run.pause('pause', request)), {
    validator: refuseLate('pause'),
  })
  setHandler(resumeUpdate, (request) => afterAdmission(() => run.pause('resume', request)), {
    validator: refuseLate('resume'),
  })
  const cancel = (reason: string) => afterAdmission(() => run.feed({ type: 'cancel', reason }))
  setHandler(cancelSignal, ({ reason }) => cancel(reason))
  setHandler(stateQuery, () => run.journal())
  CancellationScope.current().cancelRequested.catch(() => cancel('Stopped in Temporal.'))
  return handlers
}

function isHistoryLong({ settings }: ExecuteGraphInput): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo()
  return continueAsNewSuggested || historyLength >= (settings?.historyEventsMax ?? historyEventsMax)
}

/**
 * Holds new effects back until nothing runs, then starts the next history with what is under way.
 * Returns only when the run stays here. Whoever answers in the very task that ends a history could be
 * served twice (temporalio/temporal#6375), so the last answer must lie in an earlier one.
 */
async function goOnInFreshHistory(run: GraphRun, input: ExecuteGraphInput, handlers: Handlers): Promise<void> {
  run.hold()
  const isQuiet = () => run.isQuiet && allHandlersFinished()
  await condition(() => run.outcome !== null || isQuiet())
  while (run.outcome === null && (!isQuiet() || handlers.lastEndedAt >= workflowInfo().historyLength)) {
    // Only to get a workflow task: nothing else may be coming.
    await sleep(1)
    await condition(() => run.outcome !== null || isQuiet())
  }
  if (run.outcome !== null) return
  const carried = run.carry()
  if (carried === null) return run.release()
  await continueAsNew<typeof executeGraph>({ ...input, input: {}, carried })
}

function unreachable(): never {
  throw ApplicationFailure.nonRetryable('a run without an outcome cannot be closed', 'INTERNAL')
}
