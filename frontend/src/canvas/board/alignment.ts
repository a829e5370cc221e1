import type { Point } from '../../stores/graph-commands.ts'

/** Where a guide is drawn: a vertical line at `x`, a horizontal one at `y`; in px of the paper. */
export interface Guides {
  x: number | null
  y: number | null
}

/** How near another step's edge must be to catch a dragged one, in px of the paper. */
const catchDistance = 6

/** Moves a dragged step onto the left or top edge of a near one. All cards have one width and header, so that aligns their middles, too. */
export function alignTo(dragged: Point, others: Iterable<Point>): { position: Point; guides: Guides } {
  let x: number | null = null
  let y: number | null = null
  let nearX = catchDistance + 1
  let nearY = catchDistance + 1
  for (const other of others) {
    const dx = Math.abs(other.x - dragged.x)
    const dy = Math.abs(other.y - dragged.y)
    if (dx < nearX) [nearX, x] = [dx, other.x]
    if (dy < nearY) [nearY, y] = [dy, other.y]
  }
  return { position: { x: x ?? dragged.x, y: y ?? dragged.y }, guides: { x, y } }
}
