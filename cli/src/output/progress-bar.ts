const cells = 20

/** `percentage`: 0 to 100; what lies outside is cut. */
export function progressBar(percentage: number): string {
  const within = Math.min(100, Math.max(0, percentage))
  const full = Math.floor((within / 100) * cells)
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${String(Math.floor(within)).padStart(3)} %`
}
