import type { Logger } from 'pino'
import type { Config } from '../config.ts'

/** The running product of one process. */
export interface Product {
  /** Null: this process serves nothing. */
  url: string | null
  /** Set while there is no owner: whoever sets up from elsewhere than this machine needs it. */
  setupToken: string | null
  /** What runs where, for people. */
  parts: { name: string; where: string }[]
  /** Stops everything in reverse order; idempotent. */
  close(): Promise<void>
}

export interface ComposeControl {
  logger: Logger
  /** Gives up starting. */
  signal: AbortSignal
  /** A part has ended for good: the process cannot do its work any more. */
  onFatal: (error: unknown) => void
}

/** How a process is built; `compose.ts` has the one of the product. */
export type Compose = (config: Config, control: ComposeControl) => Promise<Product>
