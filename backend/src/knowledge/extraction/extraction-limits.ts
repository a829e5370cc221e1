/** Bounds of reading one document; the files come from strangers. */
export interface ExtractionLimits {
  /** Until the thread is ended. */
  timeoutMs: number
  /** Heap of the thread; buffers outside of it are bounded by the file size and `unpackedBytesMax`. */
  heapMegabytesMax: number
  /** What a zip file (docx) may hold when unpacked: documents unpack to about 10 times, bombs to 1,000 times. */
  unpackedBytesMax: number
  zipEntriesMax: number
  pagesMax: number
  /** About 12,000 passages. */
  textCharactersMax: number
}

export const extractionLimits: ExtractionLimits = {
  timeoutMs: 120_000,
  heapMegabytesMax: 768,
  unpackedBytesMax: 200 * 1024 * 1024,
  zipEntriesMax: 5000,
  pagesMax: 5000,
  textCharactersMax: 10_000_000,
}

export interface ExtractionControl {
  limits: ExtractionLimits
  /** In pages for a pdf, in bytes otherwise. */
  onProgress: (completed: number, total: number) => void
}
