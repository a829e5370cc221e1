/** A start that cannot go on; the message is for the person who started the process and says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
