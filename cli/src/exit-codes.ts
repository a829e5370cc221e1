/** What the process ends with, so that scripts can tell a failed run from a call that could not be made. */
export const exitCodes = {
  done: 0,
  /** The run failed or was cancelled, or a document could not be read. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The server refused, or does not answer. */
  refused: 3,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const
