import './scripts/require-node.mjs'
import { defineConfig } from 'vitest/config'

const UNIT_TIMEOUT_MS = 10_000
/** Room for a server start, a killed process and a timeout inside the test on a busy machine. */
const INTEGRATION_TIMEOUT_MS = 120_000
const E2E_TIMEOUT_MS = 180_000

const NEVER = ['**/node_modules/**', '**/dist/**', '**/.cache/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{shared,temporal,backend,frontend,cli}/src/**/*.test.ts',
            '{shared,temporal,backend,frontend,cli}/test/unit/**/*.test.ts',
            'scripts/test/**/*.test.mjs',
          ],
          exclude: NEVER,
          environment: 'node',
          testTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        // What draws needs a document; separate, because jsdom costs half a second per file.
        test: {
          name: 'unit-dom',
          include: ['frontend/{src,test}/**/*.test.tsx'],
          exclude: NEVER,
          environment: 'jsdom',
          testTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{temporal,backend,cli}/test/**/*.test.ts'],
          exclude: [...NEVER, '*/test/unit/**'],
          environment: 'node',
          // Forks, because the Temporal client is a native addon with one runtime per process. Two, because every file
          // keeps a server or a database busy.
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
          globalSetup: './scripts/vitest/integration-setup.mjs',
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['frontend/e2e/**/*.spec.ts'],
          exclude: NEVER,
          environment: 'node',
          pool: 'forks',
          // One browser at a time: what is measured and photographed must not depend on a neighbour.
          maxWorkers: 1,
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          globalSetup: './scripts/vitest/e2e-setup.mjs',
        },
      },
    ],
  },
})
