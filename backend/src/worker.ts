import '../../scripts/require-node.mjs'
import { runProcess } from './run-process.ts'

/** A process that only runs workflows, over the database and the Temporal server of the others. */
await runProcess(process, { MILLRACE_ROLES: 'worker' })
