import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageFolders, root } from '../lib/root.mjs'
import { runCommand } from '../lib/run-command.mjs'

/** Files that obey, and files that each break one rule. */
const sound = {
  'shared/src/events/index.ts':
    "import { z } from 'zod'\nimport { order } from '../graph/order.ts'\nexport const a = [z, order]",
  'shared/src/graph/order.ts': 'export const order = 1\nexport type Order = number',
  'shared/src/graph/order.test.ts': "import 'node:fs'\nimport './order.ts'",
  'temporal/src/workflows/index.ts':
    "import { order } from '@millrace/shared/graph/order'\nimport { proxyActivities } from '@temporalio/workflow'\nimport type { Greet } from '../activities/greet.ts'\nexport const w = [order, proxyActivities] as Greet",
  'temporal/src/activities/greet.ts': "import 'node:fs'\nexport type Greet = unknown\nexport const greet = 1",
  'backend/src/main.ts':
    "import './compose.ts'\nimport type { w } from '@millrace/temporal/workflows/index'\nexport type W = typeof w",
  'backend/src/compose.ts': "import './routes/ws.ts'\nimport './events/log.ts'",
  'backend/src/routes/ws.ts': "import 'ws'\nimport '../events/log.ts'",
  'backend/src/events/log.ts': "import '@millrace/shared/events'",
  'frontend/src/pages/home/home.tsx': "import '../../ui/box.tsx'\nexport const Home = () => <p />",
  'frontend/src/pages/inbox/inbox.tsx': 'export const Inbox = () => <p />',
  'frontend/src/ui/box.tsx': "import type { a } from '@millrace/shared/events'\nexport type B = typeof a",
  'cli/src/main.ts': "import 'node:fs'\nimport '@millrace/shared/events'",
  'frontend/src/stores/run-store.ts': "import 'zustand'",
}
const planted = [
  ['shared-is-pure', 'shared/src/graph/uses-node.ts', "import 'node:fs'"],
  ['shared-is-pure', 'shared/src/graph/uses-library.ts', "import 'fastify'"],
  ['shared-is-the-bottom', 'shared/src/graph/looks-up.ts', "import type {} from '@millrace/temporal/activities/greet'"],
  ['no-cycles', 'shared/src/graph/circle-back.ts', "import './circle.ts'"],
  ['temporal-below-backend', 'temporal/src/looks-up.ts', "import type {} from '@millrace/backend/compose'"],
  [
    'workflows-are-deterministic',
    'temporal/src/workflows/runs-activity.ts',
    "import { greet } from '../activities/greet.ts'\ngreet",
  ],
  ['workflows-are-deterministic', 'temporal/src/workflows/uses-node.ts', "import { join } from 'node:path'\njoin"],
  [
    'workflow-types-from-our-own-package',
    'temporal/src/workflows/foreign-type.ts',
    "import type { A } from 'fastify'\nexport type B = A",
  ],
  [
    'nobody-runs-workflow-code-outside',
    'backend/src/runs-workflow.ts',
    "import { w } from '@millrace/temporal/workflows/index'\nw",
  ],
  ['backend-is-the-top', 'backend/src/meets-web.ts', "import '../../frontend/src/ui/box.tsx'"],
  ['packages-by-their-exports', 'backend/src/side-door.ts', "import '../../shared/src/graph/order.ts'"],
  ['repositories-and-events-import-downwards', 'backend/src/events/upward.ts', "import type {} from '../routes/ws.ts'"],
  ['commands-know-no-routes', 'backend/src/commands/upward.ts', "import '../routes/ws.ts'"],
  ['only-entry-points-compose', 'backend/src/websocket/composes.ts', "import '../compose.ts'"],
  [
    'only-the-route-knows-the-socket-library',
    'backend/src/websocket/knows-ws.ts',
    "import type { WebSocket } from 'ws'\nexport type A = WebSocket",
  ],
  [
    'frontend-knows-shared-only',
    'frontend/src/live/meets-server.ts',
    "import type {} from '@millrace/temporal/activities/greet'",
  ],
  ['cli-knows-shared-only', 'cli/src/meets-server.ts', "import type {} from '@millrace/backend/compose'"],
  ['frontend-has-no-node', 'frontend/src/live/uses-node.ts', "import 'node:fs'"],
  ['pages-never-import-pages', 'frontend/src/pages/home/visits.tsx', "import '../inbox/inbox.tsx'"],
  ['ui-is-dumb', 'frontend/src/ui/reads-store.tsx', "import '../stores/run-store.ts'"],
  ['stores-know-no-components', 'frontend/src/stores/draws.ts', "import '../ui/box.tsx'"],
  ['lower-frontend-knows-no-pages', 'frontend/src/canvas/upward.tsx', "import '../pages/home/home.tsx'"],
  ['resolvable', 'backend/src/typo.ts', "import './nowhere.ts'"],
]

let clone
let violations

beforeAll(async () => {
  // Inside this clone, so that npm packages resolve; the links stand for the workspace's own.
  await mkdir(join(root, '.cache'), { recursive: true })
  clone = await mkdtemp(join(root, '.cache', 'fence-'))
  const exports = { './events': './src/events/index.ts', './*': './src/*.ts' }
  for (const folder of packageFolders) {
    await write(`${folder}/package.json`, JSON.stringify({ name: `@millrace/${folder}`, exports }))
    await mkdir(join(clone, 'node_modules', '@millrace'), { recursive: true })
    await symlink(join('..', '..', folder), join(clone, 'node_modules', '@millrace', folder), 'junction')
  }
  await write('package.json', JSON.stringify({ workspaces: packageFolders }))
  for (const [path, text] of Object.entries(sound)) await write(path, text)
  for (const [, path, text] of planted) await write(path, text)
  await write('shared/src/graph/circle.ts', "import './circle-back.ts'")
  violations = await cruise()
}, 30_000)

afterAll(() => rm(clone, { recursive: true, force: true }))

async function write(path, text) {
  await mkdir(dirname(join(clone, path)), { recursive: true })
  await writeFile(join(clone, path), text)
}

async function cruise() {
  const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  const args = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', ...packageFolders]
  const { stdout } = await runCommand(process.execPath, [tool, ...args], { cwd: clone })
  return JSON.parse(stdout).summary.violations.map(({ from, rule }) => `${rule.name} ${from}`)
}

test('lets the arrows of the architecture pass', () => {
  expect(violations.filter((violation) => violation.split(' ')[1] in sound)).toEqual([])
})

test.each(planted)('%s: catches %s', (rule, path) => {
  expect(violations).toContain(`${rule} ${path}`)
})
