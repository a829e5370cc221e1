import { buildWorkflowBundle } from '../lib/builds.mjs'
import { say } from '../lib/progress.mjs'
import { provisionRedis } from '../provision-redis.mjs'
import { provisionTemporal } from '../provision-temporal.mjs'

/**
 * Runs once before the integration tests. They find the executable in MILLRACE_TEMPORAL_BIN (or a running server in
 * TEMPORAL_ADDRESS), the bundle in temporal/dist/workflow-bundle.js, and a Redis in MILLRACE_REDIS_BIN: where none can
 * be had, the tests that need it are counted as skipped.
 */
export async function setup() {
  const temporal = await provisionTemporal()
  if ('path' in temporal) process.env.MILLRACE_TEMPORAL_BIN = temporal.path
  process.env.MILLRACE_REDIS_BIN = await provisionRedis()
    .then(({ path }) => path)
    .catch((error) => {
      say(`${error.message}\nNOT TESTED: the bus between processes over Redis.`)
      return ''
    })
  await buildWorkflowBundle()
}
