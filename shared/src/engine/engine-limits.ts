/** Bounds of one run inside the interpreter; together they bound the state's size and the length of one step. */
export const engineLimits = {
  /** Begun node generations per run: nested loops multiply, and a step that evaluates this many pure nodes still ends in time. */
  generationsMax: 2000,
  /** Pauses per run: the state names them all, so that the closing can tell which were true. */
  pausesMax: 500,
  /** Changes of variables told per run: a loop over a step with many fields would fill the log with them. */
  variableChangesMax: 1000,
  /** UTF-8 bytes of JSON that a pure node, an answer or the run's outputs may have: what an event carries inline. */
  outputBytesMax: 64 * 1024,
  /** All outputs of a run together: the terminal event carries them. */
  runOutputBytesMax: 128 * 1024,
  /** UTF-8 bytes of a rendered question: an event carries 256 KiB. */
  promptBytesMax: 192 * 1024,
  /** UTF-8 bytes of a run's input. */
  inputBytesMax: 64 * 1024,
  /** Characters of a text in an answer. */
  answerTextCharactersMax: 50_000,
  /** Characters of a reason shown with a skipped or cancelled node, or a paused run; what people write is cut after secrets are masked. */
  reasonCharactersMax: 300,
  /** Bytes of node outputs that the closing table carries inline (a Temporal payload holds 2 MiB); later ones are left out, the log has them. */
  outcomeBytesMax: 512 * 1024,
} as const

/** Bounds of one expression. They are counted, never timed: the workflow's clock stands still while a step runs. */
export const expressionLimits = {
  celAstNodesMax: 500,
  celDepthMax: 50,
  /** `map` inside `map` inside `map`: each level multiplies the work. */
  celComprehensionDepthMax: 2,
  sourceCharactersMax: 100_000,
  /** Template parts rendered, each round of a loop counted. */
  templateStepsMax: 50_000,
  /** Characters or list items that a template's filters and loops may make on the way. */
  templateMemoryMax: 5_000_000,
  /** Characters of a rendered template. */
  templateCharactersMax: 400_000,
  /** Parsed expressions kept, least recently used out first. */
  cacheEntriesMax: 500,
} as const
