/** With the delays below the last attempt comes between minutes and five hours after the first, two and a half on average. */
export const attemptsMax = 12

const firstDelayMs = 10_000
const delayMsMax = 2 * 60 * 60_000
/** Not at once: what has just failed would fail again. */
const delayMsMin = 500

/** How long after a failed attempt the next one is due: any time up to a bound that doubles, so that many do not come back together. */
export function retryDelayMs(attempts: number, random: () => number = Math.random): number {
  const bound = Math.min(delayMsMax, firstDelayMs * 2 ** (attempts - 1))
  return Math.max(delayMsMin, Math.floor(random() * bound))
}
