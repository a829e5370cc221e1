import type { ExecutionView, NodeView } from '@millrace/shared/engine/execution-view'
import type { WorkflowEvent } from '@millrace/shared/events'
import { formatDuration } from './duration.ts'
import { errorText, eventLines, outputLines, questionLines } from './event-line.ts'
import { oneLine } from './printable.ts'
import { progressBar } from './progress-bar.ts'
import type { Screen } from './screen.ts'
import { StreamedText } from './streamed-text.ts'
import type { Style } from './style.ts'

/** Shown before a line of streamed text, after the step's name. */
const gutter = ' │ '
/** A line of text is never broken narrower than this, in characters. */
const textWidthMin = 20
const nameWidthMax = 24

/** Tells a run to a person: a line per change, the text of steps at work as it grows, and a bar on a terminal. */
export class ExecutionPrinter {
  readonly #screen: Screen
  readonly #style: Style
  readonly #text: StreamedText
  readonly #names = new Map<string, string>()
  /** The state of each node as last told, so that a second snapshot repeats nothing. */
  readonly #told = new Map<string, string>()
  readonly #questionsTold = new Set<string>()
  /** The attempt that writes, by node. */
  readonly #writing = new Map<string, string>()
  #bar = ''
  #lastWriter: string | null = null

  /** `names`: of the steps by id, for events that come before a step has told its own. */
  constructor(screen: Screen, style: Style, names: ReadonlyMap<string, string> = new Map()) {
    this.#screen = screen
    this.#style = style
    for (const [nodeId, name] of names) this.#names.set(nodeId, name)
    this.#text = new StreamedText(
      screen.isLive ? Math.max(textWidthMin, screen.columns - nameWidthMax - gutter.length - 1) : null,
    )
  }

  /** The state at the beginning, or after events were lost on the way: only what was not told yet. */
  snapshot(view: ExecutionView): void {
    for (const node of Object.values(view.nodes)) {
      if (node.nodeName !== '') this.#names.set(node.nodeId, node.nodeName)
      this.#tellNode(node)
    }
    for (const prompt of Object.values(view.prompts)) {
      if (prompt.status !== 'open' || this.#questionsTold.has(prompt.requestId)) continue
      this.#questionsTold.add(prompt.requestId)
      for (const line of questionLines(prompt, oneLine(prompt.nodeName), this.#style)) this.#screen.line(line)
    }
    this.view(view)
  }

  event(event: WorkflowEvent): void {
    if ('nodeName' in event && 'nodeId' in event) this.#names.set(event.nodeId, event.nodeName)
    if (event.type === 'node:stream') {
      const key = `${event.nodeId}:${event.iteration}:${event.attempt}`
      this.#write(event.nodeId, key, { offset: event.offset, chunk: event.chunk })
      return
    }
    if (event.type === 'user:input:required') {
      if (this.#questionsTold.has(event.requestId)) return
      this.#questionsTold.add(event.requestId)
    }
    if ('nodeId' in event && endsText.has(event.type)) this.#endText(event.nodeId)
    for (const line of eventLines(event, (id) => this.#nameOf(id), this.#style)) this.#screen.line(line)
  }

  /** The folded state after what was told: for the bar, and for telling a later snapshot from news. */
  view(view: ExecutionView): void {
    for (const node of Object.values(view.nodes)) this.#told.set(node.nodeId, stateOf(node))
    const { completed, total, percentage, currentNodeIds } = view.progress
    const current = currentNodeIds.map((id) => oneLine(this.#nameOf(id))).join(', ')
    this.#bar = `${progressBar(percentage)}  ${completed} of ${total || view.totalNodes}${current ? `  ${current}` : ''}`
    this.#draw()
  }

  note(text: string): void {
    this.#screen.line(this.#style.dim(text))
  }

  /** The bar goes, what was told stays. */
  clearStatus(): void {
    this.#screen.setStatus([])
  }

  end(view: ExecutionView): void {
    for (const nodeId of this.#writing.keys()) this.#endText(nodeId)
    this.clearStatus()
    const took = view.duration === null ? '' : ` after ${formatDuration(view.duration)}`
    if (view.status === 'completed') {
      this.#screen.line(`${this.#style.good('✓')} Completed${took}`)
      for (const line of outputLines(view.outputs ?? {}, this.#style)) this.#screen.line(line)
      return
    }
    const why = view.status === 'failed' ? (view.error ? errorText(view.error) : '') : oneLine(view.reason ?? '')
    const word = view.status === 'failed' ? 'Failed' : 'Cancelled'
    this.#screen.line(`${this.#style.bad('✗')} ${word}${took}${why ? `. ${why}` : ''}`)
  }

  #tellNode(node: NodeView): void {
    const state = stateOf(node)
    if (node.status === 'pending' || this.#told.get(node.nodeId) === state) return
    const why = node.error === null ? '' : `. ${errorText(node.error)}`
    this.#screen.line(`· ${oneLine(this.#nameOf(node.nodeId))} ${node.status}${why}`)
    const attempt = node.attempts.at(-1)
    if (node.status !== 'running' || attempt === undefined) return
    const key = `${node.nodeId}:${attempt.iteration}:${attempt.attempt}`
    this.#write(node.nodeId, key, { offset: 0, chunk: attempt.text })
  }

  #write(nodeId: string, key: string, passage: { offset: number; chunk: string }): void {
    if (this.#writing.get(nodeId) !== key) this.#endText(nodeId)
    this.#writing.set(nodeId, key)
    this.#lastWriter = nodeId
    for (const line of this.#text.add(key, passage.offset, passage.chunk)) this.#textLine(nodeId, line)
    this.#draw()
  }

  #endText(nodeId: string): void {
    const key = this.#writing.get(nodeId)
    this.#writing.delete(nodeId)
    if (this.#lastWriter === nodeId) this.#lastWriter = null
    for (const line of key === undefined ? [] : this.#text.end(key)) this.#textLine(nodeId, line)
    this.#draw()
  }

  #textLine(nodeId: string, line: string): void {
    this.#screen.line(this.#style.dim(`  ${this.#label(nodeId)}${gutter}`) + line)
  }

  #draw(): void {
    const key = this.#lastWriter === null ? undefined : this.#writing.get(this.#lastWriter)
    const growing =
      key === undefined || this.#lastWriter === null
        ? []
        : [this.#style.dim(`  ${this.#label(this.#lastWriter)}${gutter}`) + this.#text.partial(key)]
    this.#screen.setStatus(this.#bar === '' ? growing : [...growing, this.#bar])
  }

  #label(nodeId: string): string {
    return oneLine(this.#nameOf(nodeId)).slice(0, nameWidthMax - 2)
  }

  #nameOf(nodeId: string): string {
    return this.#names.get(nodeId) ?? nodeId
  }
}

/** After these the text of the node's attempt is complete. */
const endsText = new Set<string>(['node:completed', 'node:failed', 'node:retry', 'node:cancelled', 'node:started'])

function stateOf({ status, iteration, attempt }: NodeView): string {
  return `${iteration}:${attempt}:${status}`
}
