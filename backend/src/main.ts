import '../../scripts/require-node.mjs'
import { compose } from './compose.ts'
import { runProcess } from './run-process.ts'

/** The product's process: what it does is a matter of MILLRACE_ROLES, by default everything. */
await runProcess(process, compose)
