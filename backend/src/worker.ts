import '../../scripts/require-node.mjs'
import { compose } from './compose.ts'
import { runProcess } from './run-process.ts'

/** A process that only runs workflows, over the database and the Temporal server of the others. */
await runProcess(process, compose, { MILLRACE_ROLES: 'worker' })
