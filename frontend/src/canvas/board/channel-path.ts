import type { Point } from '../../stores/graph-commands.ts'

const corner = 12

/** A channel from port to port: level at both ends, so that labels at the port lie on straight water. */
export function channelPath(from: Point, to: Point, leadOut: number): string {
  const start = { x: from.x + leadOut, y: from.y }
  const reach = Math.max(32, Math.min(120, Math.abs(to.x - start.x) / 2))
  return `M${from.x},${from.y} L${start.x},${start.y} C${start.x + reach},${start.y} ${to.x - reach},${to.y} ${to.x},${to.y}`
}

/** A loop's way back over the top of its body, and where its count is written. `topY`: height of the level part. */
export function loopPath(from: Point, to: Point, topY: number): { path: string; label: Point } {
  const right = from.x + 52
  const left = to.x - 28
  const path = [
    `M${from.x},${from.y}`,
    `L${right - corner},${from.y}`,
    `Q${right},${from.y} ${right},${from.y - corner}`,
    `L${right},${topY + corner}`,
    `Q${right},${topY} ${right - corner},${topY}`,
    `L${left + corner},${topY}`,
    `Q${left},${topY} ${left},${topY + corner}`,
    `L${left},${to.y - corner}`,
    `Q${left},${to.y} ${left + corner},${to.y}`,
    `L${to.x},${to.y}`,
  ].join(' ')
  return { path, label: { x: (left + right) / 2, y: topY } }
}
