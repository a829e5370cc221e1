import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId } from '../repositories/new-id.ts'
import { headBytes } from './document-kinds.ts'

export interface StoredFile {
  /** Below the folder of documents. */
  storedAs: string
  bytes: number
  sha256: string
  /** What kinds are told by. */
  head: Buffer
}

/** Age from which a file that no document needs cannot belong to an upload still under way. */
const orphanAgeMs = 24 * 60 * 60 * 1000

/** Uploaded files, under random names in a folder of their own: never a name that a client gave. */
export class DocumentFiles {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'documents')
  }

  pathOf(storedAs: string): string {
    // Ids come from newId, so this never leaves the folder; a row that says otherwise was not written by us.
    if (!/^[\w-]{1,64}$/.test(storedAs)) throw new Error('not the name of a stored file')
    return join(this.#folder, storedAs)
  }

  /** Writes a stream to the disk while hashing it. What was written is removed again when the stream fails. */
  async receive(source: Readable): Promise<StoredFile> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const storedAs = newId()
    const hash = createHash('sha256')
    const head: Buffer[] = []
    let bytes = 0
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        if (bytes < headBytes) head.push(chunk.subarray(0, headBytes - bytes))
        bytes += chunk.byteLength
        hash.update(chunk)
        done(null, chunk)
      },
    })
    try {
      await pipeline(source, measure, createWriteStream(this.pathOf(storedAs), { flags: 'wx', mode: 0o600 }))
    } catch (error) {
      await this.remove(storedAs)
      throw error
    }
    return { storedAs, bytes, sha256: hash.digest('hex'), head: Buffer.concat(head) }
  }

  async remove(storedAs: string): Promise<void> {
    await rm(this.pathOf(storedAs), { force: true })
  }

  /** Removes what uploads and deletions left behind when the process died. Returns how many files. */
  async removeOrphans(needed: ReadonlySet<string>, now = Date.now()): Promise<number> {
    let removed = 0
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (needed.has(name)) continue
      const { mtimeMs } = await stat(join(this.#folder, name))
      if (now - mtimeMs < orphanAgeMs) continue
      await rm(join(this.#folder, name), { force: true })
      removed++
    }
    return removed
  }
}
