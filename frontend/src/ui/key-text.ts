/** Whether this machine has a ⌘ key. */
export const hasCommandKey = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform)

/** Keys as this machine's keyboard names them: `⌘↵` is `Ctrl ↵` where there is no ⌘. */
export function keyText(keys: string, command = hasCommandKey): string {
  return command ? keys : keys.replaceAll('⌘', 'Ctrl ').replaceAll('⌥', 'Alt ').trim()
}
