import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { type Product, startProduct } from './support/start-product.ts'

const owner = { name: 'Ada Winter', email: 'ada@example.com', password: 'correct horse battery' }

/** From the first visit to the result: set-up, template, tokens in the card, reload in mid-stream, loop, answer, output. */
describe('the Review desk in a browser', () => {
  let product: Product
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    product = await startProduct()
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    page = await openPage()
  })
  afterAll(async () => {
    await browser?.close()
    await product?.dispose()
  })

  async function openPage(): Promise<Page> {
    const opened = await context.newPage()
    opened.setDefaultTimeout(45_000)
    opened.on('pageerror', (error) => complaints.push(String(error)))
    return opened
  }

  const card = (on: Page, nodeId: string) => on.locator(`[data-node-id="${nodeId}"]`)
  const isIn = (on: Page, nodeId: string, status: string) =>
    on.locator(`[data-node-id="${nodeId}"][data-status="${status}"]`).waitFor()

  /** Reads an API answer as the signed-in page would. */
  async function read<T>(path: string): Promise<T> {
    const { accessToken } = await fetchJson<{ accessToken: string }>('/api/auth/login', {
      method: 'POST',
      body: JSON.stringify({ email: owner.email, password: owner.password }),
      headers: { 'content-type': 'application/json' },
    })
    return fetchJson(path, { headers: { authorization: `Bearer ${accessToken}` } })
  }
  async function fetchJson<T>(path: string, init: RequestInit): Promise<T> {
    return (await (await fetch(product.url + path, init)).json()) as T
  }
  const runId = () => new URL(page.url()).searchParams.get('run') ?? ''

  /** The text that the log holds of a step's newest attempt. */
  async function loggedText(executionId: string, nodeId: string): Promise<string> {
    const { items } = await read<{
      items: { type: string; nodeId?: string; nodePath?: string; attempt?: number; chunk?: string }[]
    }>(`/api/executions/${executionId}/events?limit=1000`)
    const chunks = items.filter((event) => event.type === 'node:stream' && event.nodeId === nodeId)
    const last = chunks.at(-1)
    return chunks
      .filter((event) => event.nodePath === last?.nodePath && event.attempt === last?.attempt)
      .map((event) => event.chunk)
      .join('')
  }

  it('sets the owner up and lands on a workflow that is ready to run', async () => {
    await page.goto(product.url)
    await page.getByLabel('Your name').fill(owner.name)
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password').fill(owner.password)
    await page.getByRole('button', { name: 'Create the owner' }).click()
    await page.waitForURL(/\/workflows\/.+/)
    await card(page, 'draft').waitFor()
  })

  it('streams tokens into the card of the step that writes', async () => {
    await page.getByRole('button', { name: /^Run/ }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click()
    await isIn(page, 'draft', 'running')
    const text = card(page, 'draft').getByTestId('node-text')
    await text.waitFor()
    const early = (await text.innerText()).length
    await expect.poll(async () => (await text.innerText()).length, { timeout: 15_000 }).toBeGreaterThan(early)
    expect(runId()).not.toBe('')
  })

  it('shows the same run after a reload in mid-stream, with the whole text', async () => {
    await isIn(page, 'draft', 'running')
    await page.reload()
    await isIn(page, 'approve', 'waiting')
    const executionId = runId()
    const execution = await read<{ nodes: Record<string, { output?: { text?: string } }> }>(
      `/api/executions/${executionId}`,
    )
    const logged = await loggedText(executionId, 'draft')
    expect(logged).toBe(execution.nodes.draft?.output?.text)
    expect(logged.length).toBeGreaterThan(200)
    await card(page, 'draft').click()
    await page.getByRole('tab', { name: 'Output' }).click()
    const shown = await page.getByRole('tabpanel').innerText()
    const words = (text: string) => text.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
    expect(words(shown)).toContain(words(logged))
  })

  it('loops back twice with feedback, and a second browser sees the same', async () => {
    const executionId = runId()
    const other = await openPage()
    await other.goto(`${product.url}/executions/${executionId}`)
    for (const [round, feedback] of [
      [2, 'Mention the price list'],
      [3, 'Shorter, please'],
    ] as const) {
      await card(page, 'approve').getByRole('button', { name: 'Answer' }).click()
      const answer = page.getByRole('form', { name: 'Answer' })
      await answer.getByRole('button', { name: /Redo/ }).click()
      await answer.getByRole('textbox').fill(feedback)
      await page.keyboard.press('Control+Enter')
      await isIn(page, 'draft', 'running')
      await isIn(page, 'approve', 'waiting')
      const { nodes } = await read<{ nodes: Record<string, { iteration: number }> }>(`/api/executions/${executionId}`)
      expect(nodes.draft?.iteration).toBe(round)
    }
    await isIn(other, 'approve', 'waiting')
    await card(page, 'approve').getByRole('button', { name: 'Answer' }).click()
    await page
      .getByRole('form', { name: 'Answer' })
      .getByRole('button', { name: /Approve/ })
      .click()
    await Promise.all([page, other].map((seen) => isIn(seen, 'publish', 'completed')))
    const execution = await read<{ status: string; outputs: { notice: string } }>(`/api/executions/${executionId}`)
    expect(execution.status).toBe('completed')
    expect(execution.outputs.notice).toBe(await loggedText(executionId, 'draft'))
    const states = (on: Page) =>
      on
        .locator('[data-node-id]')
        .evaluateAll((cards) =>
          Object.fromEntries(cards.map((one) => [one.getAttribute('data-node-id'), one.getAttribute('data-status')])),
        )
    expect(await states(other)).toEqual(await states(page))
    await other.close()
  })

  it('takes a document through its stages and answers from it', async () => {
    await page.getByRole('link', { name: 'Knowledge' }).click()
    await page.getByRole('link', { name: /Sample documents/ }).click()
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Add documents' }).first().click()
    const text = 'The showroom in Quarrybridge keeps a tame heron called Bartholomew, who must not be fed on Tuesdays.'
    await (await choosing).setFiles([{ name: 'heron.txt', mimeType: 'text/plain', buffer: Buffer.from(text) }])
    await page.locator('[data-status="completed"]').getByText('heron.txt').waitFor()

    await page.getByRole('link', { name: 'Workflows' }).first().click()
    await page.getByRole('link', { name: /Ask my documents/ }).click()
    await card(page, 'search').waitFor()
    await page.getByRole('button', { name: /^Run/ }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('What is the heron in Quarrybridge called?')
    await dialog.getByRole('button', { name: /^Run/ }).click()
    await isIn(page, 'result', 'completed')
    const execution = await read<{ outputs: { answer: string } }>(`/api/executions/${runId()}`)
    expect(execution.outputs.answer).toContain('Bartholomew')
    expect(execution.outputs.answer).toMatch(/\[1\]/)
  })

  it('complains about nothing in all this', async () => {
    expect(complaints).toEqual([])
  })
})
