import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/** Tests do not end up in what is built. */
const IS_TEST = /[.](test|spec|bench)[.][^.]+$/

/**
 * One hash over names and contents of files and folders. Contents and not times, because git sets times anew.
 *
 * @param {string} base
 * @param {string[]} entries relative to `base`; one that is missing counts as such and is no error
 */
export async function hashInputs(base, entries) {
  const hash = createHash('sha256')
  for (const entry of entries) {
    for (const path of await listFiles(join(base, entry))) {
      const content = await readFile(path)
      hash.update(`${relative(base, path).split(sep).join('/')}\0${content.length}\0`).update(content)
    }
  }
  return hash.digest('hex')
}

async function listFiles(path) {
  const stats = await stat(path).catch(() => null)
  if (!stats) return []
  if (!stats.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !IS_TEST.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** @param {string} file @param {string} hash */
export async function hasStamp(file, hash) {
  return (await readFile(file, 'utf8').catch(() => '')) === hash
}

/** @param {string} file @param {string} hash */
export async function writeStamp(file, hash) {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, hash)
}
