import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { FaultyNetwork } from './support/faulty-network.ts'
import { ada, ProductApi, profileOf } from './support/product-api.ts'
import { type Product, startProduct } from './support/start-product.ts'
import { announceReturns, judgeWatch, storedText, watchRun } from './support/watched-run.ts'
import { writingWorkflow } from './support/writing-workflow.ts'

const cutCount = 50
const tokenCount = 5000
/** Milliseconds between a connection and its cut, drawn anew for each. */
const cutSpanMs = 500
/** Any number shows another order of cuts. */
const seed = 20_261

interface Cut {
  kind: 'reset' | 'lost bytes' | 'half-open'
  afterMs: number
  /** For lost bytes: how long they fall into the hole before the reset. */
  holeMs: number
}

interface Started {
  executionId: string
}
interface LoggedEvent {
  type: string
  seq: number
  nodeId?: string
  chunk?: string
  attempt?: number
}
interface StoredRun {
  status: string
  seq: number
  outputs?: { notice: string }
  nodes: Record<string, { output?: { text?: string; usage?: { outputTokens: number } } }>
}

/** The promise in a browser: what is seen is true, complete and in order, however the network behaves. */
describe('a run watched over a network that breaks', () => {
  let product: Product
  let browser: Browser
  let network: FaultyNetwork
  let api: ProductApi
  let page: Page
  let sockets: string[][] = []

  beforeAll(async () => {
    product = await startProduct()
    api = await ProductApi.signIn(product.url, ada, 'setup')
    network = await FaultyNetwork.before(product.url)
    browser = await launchBrowser()
    page = await (await profileOf(browser, network.url, ada)).newPage()
    page.setDefaultTimeout(45_000)
    page.on('websocket', (socket) => {
      const sent: string[] = []
      sockets.push(sent)
      socket.on('framesent', ({ payload }) => sent.push(String(payload)))
    })
  })
  afterAll(async () => {
    await browser?.close()
    await network?.close()
    await product?.dispose()
  })
  beforeEach(() => {
    sockets = []
    network.up()
  })

  async function start(writing: {
    tokens: number
    tokensPerSecond: number
  }): Promise<Started & { workflowId: string }> {
    const { id } = await api.send<{ id: string }>('POST', '/api/workflows', {
      name: 'Long letter',
      definition: writingWorkflow(writing),
    })
    const started = await api.send<Started>('POST', `/api/workflows/${id}/executions`, { input: {} })
    return { ...started, workflowId: id }
  }

  async function loggedEvents(executionId: string): Promise<LoggedEvent[]> {
    const all: LoggedEvent[] = []
    for (;;) {
      const since = all.at(-1)?.seq ?? 0
      const { items } = await api.read<{ items: LoggedEvent[] }>(
        `/api/executions/${executionId}/events?since=${since}&limit=1000`,
      )
      if (items.length === 0) return all
      all.push(...items)
    }
  }

  const indicator = (state: string) => page.locator(`[data-connection="${state}"]`)
  const draftIs = (status: string) => page.locator(`[data-node-id="draft"][data-status="${status}"]`)
  const textOf = (events: LoggedEvent[]) =>
    events
      .filter(({ type, nodeId }) => type === 'node:stream' && nodeId === 'draft')
      .map(({ chunk }) => chunk)
      .join('')

  it('says that it is offline, then catches up and is live again, and nothing is lost', async () => {
    const { executionId, workflowId } = await start({ tokens: 700, tokensPerSecond: 60 })
    await page.goto(`${network.url}/workflows/${workflowId}?run=${executionId}`)
    await draftIs('running').waitFor()
    await watchRun(page, 'draft')
    await expect.poll(() => storedText(page)).not.toBe('')

    network.down()
    await indicator('offline').waitFor()
    await page
      .getByTestId('following')
      .filter({ hasText: /^Offline · as of \d/ })
      .waitFor()
    const before = await storedText(page)
    // The run goes on meanwhile, unseen.
    await expect
      .poll(async () => textOf(await loggedEvents(executionId)).length, { timeout: 20_000 })
      .toBeGreaterThan(before.length + 400)
    expect(await storedText(page)).toBe(before)

    // A thin line, so that catching up takes as long as it does on one.
    network.up(40_000)
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await indicator('live').waitFor()
    await page.getByTestId('following').waitFor({ state: 'detached' })
    await draftIs('completed').waitFor()

    const text = textOf(await loggedEvents(executionId))
    expect(await storedText(page)).toBe(text)
    const { firstWrong, connections } = await judgeWatch(page, text)
    expect(firstWrong).toBeNull()
    const path = connections.filter((state) => ['live', 'offline', 'catching-up'].includes(state))
    expect(path.slice(0, 2)).toEqual(['live', 'offline'])
    expect(path.slice(-2)).toEqual(['catching-up', 'live'])
  })

  it(`shows ${tokenCount} tokens byte for byte as they are in the log, through ${cutCount} cuts`, async () => {
    const { executionId, workflowId } = await start({ tokens: tokenCount + 60, tokensPerSecond: 110 })
    await page.goto(`${network.url}/workflows/${workflowId}?run=${executionId}`)
    await draftIs('running').waitFor()
    await watchRun(page, 'draft')
    await announceReturns(page)
    sockets.splice(0, Math.max(0, sockets.length - 1))
    const subscribesBefore = sockets.flat().filter((frame) => frame.includes('"subscribe"')).length

    const counts = { reset: 0, 'lost bytes': 0, 'half-open': 0 }
    for (const cut of plannedCuts()) {
      await connected(page, cut.kind === 'half-open' ? ['live'] : ['live', 'catching-up', 'connecting'])
      await pause(cut.afterMs)
      if (cut.kind === 'half-open') {
        network.silence()
        // The browser is told that the line is back while it still believes in its socket: it asks for a sign of life.
        await page.evaluate(() => window.dispatchEvent(new Event('online')))
        await expect.poll(() => network.soundCount, { timeout: 20_000 }).toBeGreaterThan(0)
      } else if (cut.kind === 'lost bytes') {
        network.silence()
        await pause(cut.holeMs)
      }
      network.reset()
      counts[cut.kind] += 1
    }
    const writtenAtLastCut = textOf(await loggedEvents(executionId)).length
    await draftIs('completed').waitFor()
    await page.locator('[data-node-id="publish"][data-status="completed"]').waitFor()

    const [events, run] = [await loggedEvents(executionId), await api.read<StoredRun>(`/api/executions/${executionId}`)]
    const text = textOf(events)
    const shown = await storedText(page)
    expect(run.nodes.draft?.output?.usage?.outputTokens).toBeGreaterThanOrEqual(tokenCount)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(run.nodes.draft?.output?.text).toBe(text)
    expect(run.outputs?.notice).toBe(text)
    expect(Buffer.from(shown).equals(Buffer.from(text))).toBe(true)

    const { firstWrong, connections, lookCount } = await judgeWatch(page, text)
    expect(firstWrong).toBeNull()
    expect(lookCount).toBeGreaterThan(100)
    expect(counts.reset + counts['lost bytes'] + counts['half-open']).toBe(cutCount)
    // Every cut fell into the writing, or it would have shown nothing.
    expect(writtenAtLastCut).toBeLessThan(text.length)
    const frames = sockets.flat()
    const resumes = frames.filter((frame) => frame.includes(executionId) && frame.includes('"since"')).length
    process.stdout.write(
      `\n${cutCount} cuts (${JSON.stringify(counts)}), ${sockets.length - 1} reconnects, ${resumes} resumes, ` +
        `${frames.filter((frame) => frame.includes('"subscribe"')).length - subscribesBefore} subscribes, ` +
        `${connections.filter((state) => state === 'offline').length} times offline, ` +
        `the last cut at ${Math.round((100 * writtenAtLastCut) / text.length)} % of ${text.length} characters in ${events.length} events, ` +
        `${lookCount} looks\n`,
    )
    expect(sockets.length - 1).toBeGreaterThanOrEqual(cutCount)
    expect(resumes).toBeGreaterThan(cutCount / 2)
  })

  /** A cut is one only where something is connected, or about to be. */
  async function connected(on: Page, states: string[]): Promise<void> {
    const state = on.locator(states.map((one) => `[data-connection="${one}"]`).join(', '))
    await state.waitFor({ timeout: 20_000 })
    await expect.poll(() => network.soundCount, { interval: 5, timeout: 20_000 }).toBeGreaterThan(0)
  }
})

/** Three half-open ones, for each takes the page five seconds to notice; the others by turns at random. */
function plannedCuts(): Cut[] {
  const random = randomFrom(seed)
  return Array.from({ length: cutCount }, (_, index) => ({
    kind: index % 20 === 10 ? 'half-open' : random() < 0.5 ? 'reset' : 'lost bytes',
    afterMs: random() * cutSpanMs,
    holeMs: random() * 200,
  }))
}

/** The same numbers from 0 up to 1 for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Not a wait for anything: the moment of a cut is part of the test. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
