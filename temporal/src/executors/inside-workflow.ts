import { InvariantError } from '@millrace/shared/errors/app-error'
import type { NodeExecutor } from './node-executor.ts'

/** For types that the interpreter settles by itself: triggers, pure nodes and waits never reach a worker. */
export const insideWorkflow: NodeExecutor = async (_config, { nodePath }) => {
  throw new InvariantError(`${nodePath} is settled inside the workflow and has no effect to run`)
}
