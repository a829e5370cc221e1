import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { describe, expect, it } from 'vitest'
import { bundlePath } from './harness/test-engine.ts'

describe('the workflow bundle', () => {
  it('holds the workflows, and neither zod nor anything of Node', async () => {
    const code = await readFile(bundlePath, 'utf8')
    // Module ids as webpack writes them above each module.
    const ids = [...code.matchAll(/^\s*\/\*\*\*\/ "([^"]+)":?$|^\/\*!\*+!\*\\\n\s+!\*\*\* (\S+) \*\*\*!$/gm)].map(
      ([, first, second]) => first ?? second ?? '',
    )
    expect(ids.some((id) => id.endsWith('temporal/src/workflows/execute-graph.ts'))).toBe(true)
    expect(ids.filter((id) => /node_modules\/(zod|drizzle-orm|pg)\//.test(id))).toEqual([])
    const required = [...code.matchAll(/require\("(?:node:)?([a-z_/]+)"\)/g)].map((match) => match[1] ?? '')
    expect(required.filter((name) => builtinModules.includes(name) && name !== 'async_hooks')).toEqual([])
  })
})
