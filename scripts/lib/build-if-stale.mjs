import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { withBuildFolder } from './build-folder.mjs'
import { UserError } from './main.mjs'
import { nodeBinary, nodeEnv } from './node-binary.mjs'
import { formatDuration, say, startProgress } from './progress.mjs'
import { root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { hashInputs, hasStamp, writeStamp } from './stamp.mjs'

/** Both builds take seconds; one that takes this long hangs. */
const BUILD_TIMEOUT_MS = 5 * 60_000

/**
 * Runs a build unless its result was made from the very same inputs. Two processes in one clone never build at once.
 *
 * @param {{ name: string, inputs: string[], needs: string[], args: string[], cwd: string, output: string, stamp: string }} build
 *   Paths are relative to the clone. Without a file of `needs` there is nothing to build.
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function buildIfStale(build, { signal } = {}) {
  if (!build.needs.every((path) => existsSync(join(root, path)))) return
  const hash = await hashInputs(root, build.inputs)
  const stamp = join(root, build.stamp)
  const isDone = async () => existsSync(join(root, build.output)) && (await hasStamp(stamp, hash))
  if (await isDone()) return

  await withBuildFolder(join(root, '.cache', `building-${build.name.replaceAll(' ', '-')}`), {
    signal,
    isDone,
    build: async () => {
      const stopProgress = startProgress(`Building the ${build.name}`)
      const result = await runCommand(nodeBinary(), build.args, {
        cwd: join(root, build.cwd),
        env: nodeEnv(),
        signal,
        timeoutMs: BUILD_TIMEOUT_MS,
      }).finally(stopProgress)
      signal?.throwIfAborted()
      if (result.code !== 0) throw new UserError(`The ${build.name} could not be built:\n${result.tail.join('\n')}`)
      await writeStamp(stamp, hash)
      say(`Built the ${build.name} in ${formatDuration(stopProgress())}.`)
    },
  })
}
