import type { Host, Output } from '../host.ts'

export interface Style {
  good(text: string): string
  bad(text: string): string
  notice(text: string): string
  dim(text: string): string
}

const reset = '\u001b[0m'
const paint = (code: number) => (text: string) => `\u001b[${code}m${text}${reset}`
const plain = (text: string) => text

const coloured: Style = { good: paint(32), bad: paint(31), notice: paint(33), dim: paint(2) }
const colourless: Style = { good: plain, bad: plain, notice: plain, dim: plain }

/** Colours only for a terminal whose owner did not switch them off (https://no-color.org). */
export function styleFor(output: Output, env: Host['env']): Style {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb' ? coloured : colourless
}
