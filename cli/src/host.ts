import type { Readable } from 'node:stream'

/** A place to write: a terminal, a pipe or a file. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type Input = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown }

/** The process as commands see it, handed in so that tests own it. */
export interface Host {
  env: Record<string, string | undefined>
  stdin: Input
  stdout: Output
  stderr: Output
  homeDir: string
  hostName: string
  /** Ctrl-C. Returns how to stop listening; without a listener the process ends as usual. */
  onInterrupt(listener: () => void): () => void
}
