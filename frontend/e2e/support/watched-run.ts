import type { Page } from 'playwright-core'

export interface WatchedRun {
  /** How often the page was looked at while the step wrote. */
  lookCount: number
  /** The first look that was no beginning of the whole text, or shorter than the one before; null: there was none. */
  firstWrong: string | null
  /** States of the connection as the rail showed them, in order. */
  connections: string[]
}

/** Where the page under test keeps what was seen. */
const watchName = '__watchedRun'

/**
 * Looks at a step every 100 ms from inside the page, where no cut is felt, and writes down every state of the
 * connection. The store is found through React's own tree: the product opens no door for tests.
 */
export async function watchRun(page: Page, nodeId: string): Promise<void> {
  await page.evaluate(
    ({ step, key }) => {
      const looks: { stored: string; drawn: string }[] = []
      const connections: string[] = []
      Object.assign(window, { [key]: { looks, connections, read: () => textInStore(step) } })

      function textInStore(id: string): string {
        const card = document.querySelector(`[data-node-id="${id}"]`)
        const name = card === null ? undefined : Object.keys(card).find((one) => one.startsWith('__reactFiber$'))
        if (card === null || name === undefined) return ''
        let fiber = (card as unknown as Record<string, Fiber | null>)[name] ?? null
        // As deep as React's tree may be; the provider is some forty levels up.
        for (let depth = 0; fiber !== null && depth < 500; depth += 1, fiber = fiber.return) {
          const state = fiber.memoizedProps?.value?.store?.getState?.()
          const attempts = state?.view?.nodes?.[id]?.attempts
          if (attempts !== undefined) return attempts.at(-1)?.text ?? ''
        }
        return ''
      }

      setInterval(() => {
        const drawn = document.querySelector(
          `[data-node-id="${step}"][data-status="running"] [data-testid="node-text"]`,
        )
        looks.push({ stored: textInStore(step), drawn: drawn?.textContent ?? '' })
      }, 100)
      const note = () => {
        const state = document.querySelector('[data-connection]')?.getAttribute('data-connection')
        if (state != null && state !== connections.at(-1)) connections.push(state)
      }
      note()
      new MutationObserver(note).observe(document.body, {
        subtree: true,
        childList: true,
        attributeFilter: ['data-connection'],
      })

      interface Fiber {
        return: Fiber | null
        memoizedProps: {
          value?: {
            store?: { getState?: () => { view?: { nodes?: Record<string, { attempts: { text: string }[] }> } } }
          }
        } | null
      }
    },
    { step: nodeId, key: watchName },
  )
}

/** Holds everything that was seen since `watchRun` against the text that the step wrote in the end. */
export function judgeWatch(page: Page, wholeText: string): Promise<WatchedRun> {
  return page.evaluate(
    ({ key, whole }) => {
      const watch = (window as unknown as Record<string, Watch>)[key]
      if (watch === undefined) throw new Error('the page was loaded anew and its watch is gone')
      const { looks, connections } = watch
      let before = 0
      let firstWrong: string | null = null
      for (const [index, { stored, drawn }] of looks.entries()) {
        // A card draws what is stored, or what was a frame ago.
        const isTrue = whole.startsWith(stored) && stored.length >= before && whole.includes(drawn)
        before = stored.length
        if (!isTrue) firstWrong ??= `look ${index}: ${stored.length} characters stored, ${drawn.length} drawn`
      }
      return { lookCount: looks.filter(({ stored }) => stored !== '').length, firstWrong, connections }

      interface Watch {
        looks: { stored: string; drawn: string }[]
        connections: string[]
      }
    },
    { key: watchName, whole: wholeText },
  )
}

/** The step's text in the store, now. */
export function storedText(page: Page): Promise<string> {
  return page.evaluate(
    (name) => (window as unknown as Record<string, { read: () => string }>)[name]?.read() ?? '',
    watchName,
  )
}

/** Says that the network is back whenever the page waits for its next try, as browsers do when a cable is put back. */
export async function announceReturns(page: Page): Promise<void> {
  await page.evaluate(() => {
    setInterval(() => {
      const state = document.querySelector('[data-connection]')?.getAttribute('data-connection')
      if (state === 'offline') window.dispatchEvent(new Event('online'))
    }, 50)
  })
}
