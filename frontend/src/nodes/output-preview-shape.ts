/** The start of an output as a card shows it. */
export interface OutputPreview {
  text: string
  mono: boolean
}
