import { buildWorkflowBundle } from '../lib/builds.mjs'
import { provisionTemporal } from '../provision-temporal.mjs'

/**
 * Runs once before the integration tests. They find the executable in MILLRACE_TEMPORAL_BIN (or a running server in
 * TEMPORAL_ADDRESS) and the bundle in temporal/dist/workflow-bundle.js.
 */
export async function setup() {
  const temporal = await provisionTemporal()
  if ('path' in temporal) process.env.MILLRACE_TEMPORAL_BIN = temporal.path
  await buildWorkflowBundle()
}
