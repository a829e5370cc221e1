import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

/** Writes temporal/dist/workflow-bundle.js: bundling takes seconds that a worker should not spend at each start. */
const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(packageDir, 'dist', 'workflow-bundle.js')

const { code } = await bundleWorkflowCode({
  workflowsPath: join(packageDir, 'src', 'workflows', 'index.ts'),
  logger: new DefaultLogger('WARN'),
})
await mkdir(dirname(target), { recursive: true })
await writeFile(target, code)
