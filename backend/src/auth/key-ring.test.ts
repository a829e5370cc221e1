import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '../secret.ts'
import { createKeyRing, loadKeyRing } from './key-ring.ts'
import { createSecretBox } from './secret-box.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-keys-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('makes one key for all who start at the same time, readable by its owner only', async () => {
  const dataDir = join(folder, 'new')
  const rings = await Promise.all([1, 2, 3].map(() => loadKeyRing(dataDir, null)))
  expect(rings[1]).toEqual(rings[0])
  expect(rings[2]).toEqual(rings[0])
  expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600)
  expect(await loadKeyRing(dataDir, null)).toEqual(rings[0])
})

test('derives unlike keys for unlike uses', () => {
  const { accessToken, credentials, promptLinks, setupToken } = createKeyRing(Buffer.alloc(32, 1))
  expect(new Set([accessToken, credentials, promptLinks].map((key) => key.toString('hex'))).size).toBe(3)
  expect(setupToken).toMatch(/^[\w-]{16}$/)
})

test('takes the given key in place of the file', async () => {
  const given = Buffer.alloc(32, 5)
  expect(await loadKeyRing(folder, new Secret(given.toString('base64')))).toEqual(createKeyRing(given))
})

test('does not replace a damaged key', async () => {
  await writeFile(join(folder, 'secret.key'), 'half')
  await expect(loadKeyRing(folder, null)).rejects.toThrow(/damaged/)
})

test('opens only what was sealed with this key for this place', () => {
  const box = createSecretBox(Buffer.alloc(32, 1))
  const sealed = box.seal('secret', 'place-1')
  expect(box.open(sealed, 'place-1')).toBe('secret')
  expect(box.seal('secret', 'place-1').equals(sealed)).toBe(false)
  expect(() => box.open(sealed, 'place-2')).toThrow()
  expect(() => createSecretBox(Buffer.alloc(32, 2)).open(sealed, 'place-1')).toThrow()
  const changed = Buffer.from(sealed)
  changed.writeUInt8(changed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1)
  expect(() => box.open(changed, 'place-1')).toThrow()
})
