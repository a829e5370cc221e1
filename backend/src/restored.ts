import '../../scripts/require-node.mjs'
import { runRestored } from './run-restored.ts'

/** What `npm run restored` runs. */
await runRestored(process)
