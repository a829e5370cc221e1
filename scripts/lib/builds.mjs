import { join } from 'node:path'
import { buildIfStale } from './build-if-stale.mjs'
import { root } from './root.mjs'

/** Where the backend finds the built web app. */
export const webDir = join(root, 'frontend', 'dist')

/** @param {{ signal?: AbortSignal }} [options] */
export const buildWebApp = (options) =>
  buildIfStale(
    {
      name: 'web app',
      needs: ['frontend/vite.config.ts', 'frontend/index.html'],
      inputs: [
        'frontend/src',
        'frontend/public',
        'frontend/index.html',
        'frontend/vite.config.ts',
        'frontend/package.json',
        'shared/src',
        'package-lock.json',
      ],
      args: [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
      cwd: 'frontend',
      output: 'frontend/dist/index.html',
      // Inside the result: vite empties the folder, so a build that failed half way leaves no stamp behind.
      stamp: 'frontend/dist/.stamp',
    },
    options,
  )

/** Bundling takes seconds, which a worker should not spend at each start. @param {{ signal?: AbortSignal }} [options] */
export const buildWorkflowBundle = (options) =>
  buildIfStale(
    {
      name: 'workflow bundle',
      needs: ['temporal/scripts/build-workflow-bundle.ts'],
      inputs: ['temporal/src', 'temporal/scripts', 'temporal/package.json', 'shared/src', 'package-lock.json'],
      args: [join(root, 'temporal', 'scripts', 'build-workflow-bundle.ts')],
      cwd: '.',
      output: 'temporal/dist/workflow-bundle.js',
      stamp: 'temporal/dist/.workflow-bundle-stamp',
    },
    options,
  )
