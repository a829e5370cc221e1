import type { Output } from '../host.ts'

const eraseLine = '\r\u001b[2K'
const upOneLine = '\u001b[1A'
/** Lines that are drawn anew must not wrap, or erasing them would leave rests. */
const wrapOff = '\u001b[?7l'
const wrapOn = '\u001b[?7h'
const columnsDefault = 80

/** Lines that stay, and on a terminal below them a few that are drawn anew in place. */
export class Screen {
  readonly isLive: boolean
  readonly #output: Output
  #drawn = 0
  #status: string[] = []

  constructor(output: Output, isLive = output.isTTY === true) {
    this.#output = output
    this.isLive = isLive
  }

  get columns(): number {
    return this.#output.columns ?? columnsDefault
  }

  line(text: string): void {
    this.#output.write(`${this.#erasing()}${text}\n${this.#drawing()}`)
  }

  /** What is shown below the lines from now on; nothing where it is not a terminal. */
  setStatus(lines: string[]): void {
    if (!this.isLive || lines.join('\n') === this.#status.join('\n')) return
    const erasing = this.#erasing()
    this.#status = lines
    this.#output.write(erasing + this.#drawing())
  }

  #erasing(): string {
    if (this.#drawn === 0) return ''
    return eraseLine + (upOneLine + eraseLine).repeat(this.#drawn - 1)
  }

  #drawing(): string {
    this.#drawn = this.#status.length
    return this.#drawn === 0 ? '' : wrapOff + this.#status.join('\n') + wrapOn
  }
}
