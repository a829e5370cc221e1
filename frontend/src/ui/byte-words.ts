/** "640 B", "12 kB", "1.1 MB": sizes of files, in powers of 1,000. */
export function byteWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
