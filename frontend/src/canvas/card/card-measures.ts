/** Measures of a card in px at 100 %. Ports sit in the header, so a card that grows below it moves no edge. */
export const cardWidth = 248
const headerHeightMin = 56
const portSpacing = 20
export const inputPortY = 28

/** Height of the header: room for every port at its spacing. */
export function headerHeight(portCount: number): number {
  return Math.max(headerHeightMin, portCount * portSpacing + 4)
}

/** Middle of an output port, from the card's top. */
export function outputPortY(index: number, portCount: number): number {
  return headerHeight(portCount) / 2 + (index - (portCount - 1) / 2) * portSpacing
}
