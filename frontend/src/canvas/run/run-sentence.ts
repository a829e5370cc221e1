import { type ExecutionView, isFinished, type NodeView } from '@millrace/shared/engine/execution-view'
import type { State } from '../../ui/state-table.ts'
import { durationWords, remainingWords } from '../../ui/time-words.ts'
import { currentAttempt, tokensPerSecond } from '../card/attempt.ts'

/** A piece of the sentence: the state in bold, names of steps in italics, the rest plain. */
export interface SentencePart {
  text: string
  style: 'state' | 'name' | 'plain'
}

export interface RunSentence {
  state: State
  parts: SentencePart[]
  /** What else is going on: a step that backs off, or a question that is open, while others run. */
  asides: RunAside[]
}

export interface RunAside {
  state: 'retrying' | 'waiting'
  parts: SentencePart[]
}

export interface SentenceNames {
  /** Name of a step; its id where the drawing does not know it. */
  nameOf: (nodeId: string) => string
  typeOf: (nodeId: string) => string
  /** Whether who reads it may answer questions. */
  mayAnswer: boolean
}

const separator: SentencePart = { text: ' · ', style: 'plain' }
const plain = (text: string): SentencePart => ({ text, style: 'plain' })
const named = (text: string): SentencePart => ({ text, style: 'name' })
const stated = (text: string): SentencePart => ({ text, style: 'state' })

/** What a type of step does while it runs. */
const doing: Record<string, string> = {
  http: 'is calling',
  knowledge_search: 'is searching',
}

/**
 * One sentence that says how a run stands. Pure; `now` in epoch milliseconds. Read aloud it is the same as the joined
 * texts of its parts.
 */
export function runSentence(view: ExecutionView, now: number, names: SentenceNames): RunSentence {
  const nodes = Object.values(view.nodes)
  if (isFinished(view.status)) return finishedSentence(view, names)
  const retrying = nodes.filter((node) => node.status === 'retrying')
  const running = nodes.filter((node) => node.status === 'running')
  const open = Object.values(view.prompts).filter((prompt) => prompt.status === 'open')
  const asides: RunAside[] = []
  const say = (state: State, ...clauses: SentencePart[][]): RunSentence => ({ state, parts: joined(clauses), asides })

  if (view.stalledCause !== null) {
    return say(
      'paused',
      [stated('Stalled')],
      [plain(sentenceEnd(view.stalledCause))],
      [plain('goes on by itself when that is mended')],
    )
  }
  if (view.status === 'queued') return say('queued', [stated('Queued')], [plain('waits for a worker')])
  if (view.status === 'paused') {
    for (const node of retrying) asides.push({ state: 'retrying', parts: backingOff(node, now, names) })
    for (const prompt of open) asides.push({ state: 'waiting', parts: asksToo(prompt.nodeId, names) })
    const who = view.pause?.by == null ? 'Paused' : `Paused by ${view.pause.by.name}`
    const why = view.pause?.reason == null ? [] : [[plain(sentenceEnd(view.pause.reason))]]
    return say('paused', [stated(who)], ...why, [plain(stepCount(view))], ...finishing(running, names))
  }

  if (running.length === 0 && open.length > 0) {
    for (const node of retrying) asides.push({ state: 'retrying', parts: backingOff(node, now, names) })
    const first = [...open].sort((a, b) => (a.deadline ?? Infinity) - (b.deadline ?? Infinity))[0]
    const deadline =
      first?.deadline == null ? [] : [[plain(`${remainingWords(Math.max(0, first.deadline - now))} left`)]]
    if (open.length > 1) return say('waiting', [stated(`Waiting for ${open.length} answers`)], ...deadline)
    return say(
      'waiting',
      [stated(names.mayAnswer ? 'Waiting for you' : 'Waiting for an answer')],
      [named(names.nameOf(first?.nodeId ?? ''))],
      ...deadline,
    )
  }
  const elapsed = view.startedAt === null ? [] : [[plain(wholeSeconds(now - view.startedAt))]]
  if (running.length === 0 && retrying.length > 0) {
    const [first, ...others] = retrying
    for (const node of others) asides.push({ state: 'retrying', parts: backingOff(node, now, names) })
    if (first !== undefined) return say('retrying', [stated('Backing off')], backingOff(first, now, names), ...elapsed)
  }
  for (const node of retrying) asides.push({ state: 'retrying', parts: backingOff(node, now, names) })
  for (const prompt of open) asides.push({ state: 'waiting', parts: asksToo(prompt.nodeId, names) })
  const work = running.length === 0 ? [] : [atWork(running, now, names)]
  return say('running', [stated('Running')], [plain(stepCount(view))], ...work, ...elapsed, ...timeLeft(view, now))
}

/** "about 30 s left", as long as the run keeps to it. A view of an older server has no such time. */
function timeLeft({ progress }: ExecutionView, now: number): SentencePart[][] {
  const leftMs = (progress.expectedEndAt ?? 0) - now
  return leftMs <= 0 ? [] : [[plain(`about ${remainingWords(leftMs)} left`)]]
}

/** The sentence as plain text, for screen readers, titles and tests. */
export function sentenceText({ parts }: Pick<RunSentence, 'parts'>): string {
  return parts.map(({ text }) => text).join('')
}

function finishedSentence(view: ExecutionView, { nameOf }: SentenceNames): RunSentence {
  const took = durationWords(view.duration ?? 0)
  const asides: RunAside[] = []
  if (view.status === 'completed') {
    const passedOver = Object.values(view.nodes).filter((node) => node.status === 'failed')
    const clauses =
      passedOver.length === 0
        ? []
        : [[plain(`${passedOver.length === 1 ? 'one step' : `${passedOver.length} steps`} failed and the run went on`)]]
    return { state: 'completed', parts: joined([[stated(`Done in ${took}`)], ...clauses]), asides }
  }
  if (view.status === 'cancelled') {
    const reason = view.reason === null || view.reason === '' ? [] : [[plain(sentenceEnd(view.reason))]]
    return { state: 'cancelled', parts: joined([[stated(`Cancelled after ${took}`)], ...reason]), asides }
  }
  const failed = view.failedNodeId === null ? undefined : view.nodes[view.failedNodeId]
  const tries = (failed?.attempt ?? 0) > 1 ? ` after ${failed?.attempt} attempts` : ''
  const reason = shortReason(view.error ?? failed?.error ?? null)
  const cause =
    view.failedNodeId === null ? [plain(reason)] : [named(nameOf(view.failedNodeId)), plain(`: ${reason}${tries}`)]
  const word = view.error?.code === 'RUN_BLOCKED' ? 'Blocked' : 'Failed'
  return { state: 'failed', parts: joined([[stated(`${word} after ${took}`)], cause]), asides }
}

/** "*Draft* is writing, 34 tokens/s", "*A* and *B* are at work", "4 steps are at work". */
function atWork(running: readonly NodeView[], now: number, { nameOf, typeOf }: SentenceNames): SentencePart[] {
  const [first, second] = running
  if (first === undefined) return []
  if (second !== undefined) {
    return running.length > 2
      ? [plain(`${running.length} steps are at work`)]
      : [named(nameOf(first.nodeId)), plain(' and '), named(nameOf(second.nodeId)), plain(' are at work')]
  }
  const attempt = currentAttempt(first)
  const rate = attempt === null || attempt.text === '' ? null : tokensPerSecond(attempt, now)
  if (attempt !== null && attempt.text !== '') {
    const speed = rate === null ? '' : `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} tokens/s`
    return [named(nameOf(first.nodeId)), plain(` is writing${speed}`)]
  }
  return [named(nameOf(first.nodeId)), plain(` ${doing[typeOf(first.nodeId)] ?? 'is at work'}`)]
}

/** "*Draft* still finishes", "3 steps still finish": what a paused run lets come to its end. */
function finishing([first, ...others]: readonly NodeView[], { nameOf }: SentenceNames): SentencePart[][] {
  if (first === undefined) return []
  if (others.length > 0) return [[plain(`${others.length + 1} steps still finish`)]]
  return [[named(nameOf(first.nodeId)), plain(' still finishes')]]
}

function asksToo(nodeId: string, { nameOf, mayAnswer }: SentenceNames): SentencePart[] {
  return [named(nameOf(nodeId)), plain(mayAnswer ? ' waits for you' : ' waits for an answer')]
}

/** "*Fetch prices* answered 503 · next try in 4 s (3 of 5)". The number is that of the try to come. */
function backingOff(node: NodeView, now: number, { nameOf }: SentenceNames): SentencePart[] {
  const attempt = currentAttempt(node)
  const status = statusOf(node.error)
  const what = status === null ? `: ${shortReason(node.error)}` : ` answered ${status}`
  const dueInMs = attempt?.nextRetryAt == null ? null : attempt.nextRetryAt - now
  const when =
    dueInMs === null ? 'next try soon' : dueInMs <= 0 ? 'next try now' : `next try in ${remainingWords(dueInMs)}`
  const which = node.maxAttempts === null ? '' : ` (${node.attempt + 1} of ${node.maxAttempts})`
  return [named(nameOf(node.nodeId)), plain(`${what} · ${when}${which}`)]
}

function statusOf(error: NodeView['error']): number | null {
  return typeof error?.details?.status === 'number' ? error.details.status : null
}

function shortReason(error: NodeView['error']): string {
  const status = statusOf(error)
  if (status !== null) return String(status)
  const line = sentenceEnd(error?.message.split('\n')[0] ?? 'no reason was given')
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

function sentenceEnd(text: string): string {
  return text.replace(/[.\s]+$/, '')
}

function stepCount(view: ExecutionView): string {
  const total = view.progress.total || view.totalNodes
  return `${Math.min(view.progress.completed, total)} of ${total}`
}

function wholeSeconds(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : durationWords(ms)
}

function joined(clauses: readonly SentencePart[][]): SentencePart[] {
  return clauses.flatMap((clause, index) => (index === 0 ? clause : [separator, ...clause]))
}
