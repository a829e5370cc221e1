/** "1 token", "45 tokens". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** "345 bytes", "5.3 KB", "1.2 MB": powers of 1000, as file managers count. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return countText(bytes, 'byte')
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** "120 ms", "2.4 s". */
export function durationText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
