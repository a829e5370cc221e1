import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withBuildFolder } from '../lib/build-folder.mjs'

let base, folder
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'millrace-build-'))
  folder = join(base, 'building')
})
afterEach(() => rm(base, { recursive: true, force: true }))

test('two builders at once build once, and nothing is left', async () => {
  let builtCount = 0
  const options = {
    isDone: async () => builtCount > 0,
    build: async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      builtCount += 1
    },
  }
  await Promise.all([withBuildFolder(folder, options), withBuildFolder(folder, options)])
  expect(builtCount).toBe(1)
  expect(existsSync(folder)).toBe(false)
})

test('removes the folder when the build fails, read-only parts included', async () => {
  const build = async () => {
    await mkdir(join(folder, 'mod'))
    await writeFile(join(folder, 'mod', 'file'), '')
    await chmod(join(folder, 'mod'), 0o555)
    throw new Error('broken')
  }
  await expect(withBuildFolder(folder, { isDone: async () => false, build })).rejects.toThrow('broken')
  expect(existsSync(folder)).toBe(false)
})

test('takes over what a dead builder left behind', async () => {
  await mkdir(folder)
  await writeFile(join(folder, 'half'), '')
  await utimes(folder, 1, 1)
  let isBuilt = false
  await withBuildFolder(folder, {
    isDone: async () => false,
    build: async () => {
      isBuilt = !existsSync(join(folder, 'half'))
    },
  })
  expect(isBuilt).toBe(true)
})

test('stops waiting for another builder on request', async () => {
  await mkdir(folder)
  const controller = new AbortController()
  const waiting = withBuildFolder(folder, {
    isDone: async () => false,
    build: async () => {},
    signal: controller.signal,
  })
  controller.abort()
  await expect(waiting).rejects.toThrow(/abort/i)
  expect(existsSync(folder)).toBe(true)
})
