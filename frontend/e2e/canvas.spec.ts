import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deskDefinition } from '../test/support/review-desk.ts'
import { launchBrowser } from './support/browser.ts'
import { type Product, startProduct } from './support/start-product.ts'

const owner = { name: 'Ada Winter', email: 'ada@example.com', password: 'correct horse battery' }

interface Saved {
  id: string
  name: string
  version: number
  definition: {
    nodes: { id: string; name: string }[]
    edges: { source: string; sourcePort: string; target: string; loop?: object }[]
  }
}

/** Saving waits for a pause of a second, and the machine may be busy. */
const poll = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 15_000 })

/** Drawing by mouse and by keys, as the server has it afterwards. */
describe('drawing on the canvas', () => {
  let product: Product
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let token: string
  let workflow: Saved

  async function api<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    const answer = await fetch(product.url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as T
  }
  const saved = () => api<Saved>(`/api/workflows/${workflow.id}`)
  const hasEdge = async (source: string, target: string) =>
    (await saved()).definition.edges.some((edge) => edge.source === source && edge.target === target)
  const card = (id: string) => page.locator(`[data-node-id="${id}"]`)
  const step = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
  const port = (id: string, portId: string) => step(id).locator(`.react-flow__handle[data-handleid="${portId}"]`)

  async function middle(of: Locator): Promise<{ x: number; y: number }> {
    const box = await of.boundingBox()
    if (box === null) throw new Error('not on the screen')
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 6 })
    await page.mouse.move(to.x, to.y, { steps: 6 })
    await page.mouse.up()
  }

  beforeAll(async () => {
    product = await startProduct()
    token = (await api<{ accessToken: string }>('/api/auth/setup', 'POST', owner)).accessToken
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    await context.request.post(`${product.url}/api/auth/login`, {
      data: { email: owner.email, password: owner.password },
    })
    // Each test finds the page as a new browser shows it.
    await context.addInitScript(() => localStorage.clear())
    page = await context.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await product?.dispose()
  })
  beforeEach(async () => {
    workflow = await api<Saved>('/api/workflows', 'POST', { name: 'Desk', definition: deskDefinition })
    await page.goto(`${product.url}/workflows/${workflow.id}`)
    await card('publish').waitFor()
  })

  it('adds a step from the drawer, saves it by itself, and takes it back and forth', async () => {
    await page.getByRole('button', { name: 'Add a step N', exact: true }).click()
    await page.getByRole('complementary', { name: 'Steps' }).getByRole('button', { name: 'Set fields' }).click()
    await card('set').waitFor()
    await poll(async () => (await saved()).definition.nodes.map(({ id }) => id)).toContain('set')
    await page.getByRole('button', { name: 'Hide the steps' }).click()
    await page.keyboard.press('Control+z')
    await card('set').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Shift+z')
    await card('set').waitFor()
  })

  it('connects two ports, and a way back becomes a loop with a bound', async () => {
    await drag(await middle(port('start', 'out')), await middle(port('publish', 'in')))
    await poll(() => hasEdge('start', 'publish')).toBe(true)
    await drag(await middle(port('approve', 'expired')), await middle(port('draft', 'in')))
    await poll(
      async () => (await saved()).definition.edges.find(({ sourcePort }) => sourcePort === 'expired')?.loop,
    ).toEqual({ maxIterations: 5 })
  })

  it('offers what fits where a port is let go on the paper, and connects it at once', async () => {
    const from = await middle(port('approve', 'expired'))
    await drag(from, { x: from.x + 40, y: from.y + 220 })
    await page.getByRole('combobox', { name: 'Add a step' }).fill('output')
    await page.keyboard.press('Enter')
    await card('output').waitFor()
    await poll(() => hasEdge('approve', 'output')).toBe(true)
  })

  it('puts a dragged type on the edge it is dropped on', async () => {
    await page.getByRole('button', { name: 'Add a step N', exact: true }).click()
    const type = page.getByRole('complementary', { name: 'Steps' }).getByRole('button', { name: 'Set fields' })
    const [out, into] = [await middle(port('start', 'out')), await middle(port('draft', 'in'))]
    await drag(await middle(type), { x: (out.x + into.x) / 2, y: (out.y + into.y) / 2 })
    await poll(() => hasEdge('start', 'set')).toBe(true)
    expect(await hasEdge('set', 'draft')).toBe(true)
    expect(await hasEdge('start', 'draft')).toBe(false)
  })

  it('takes a whole drag back as one', async () => {
    const before = await middle(card('publish'))
    await drag(before, { x: before.x - 20, y: before.y + 160 })
    await poll(async () => (await middle(card('publish'))).y).toBeGreaterThan(before.y + 100)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+z')
    await poll(async () => Math.abs((await middle(card('publish'))).y - before.y)).toBeLessThan(2)
  })

  it('is walked by Tab in the order of the flow and by arrows to neighbours', async () => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-id'))
    await step('start').focus()
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('draft')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('approve')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Step Draft' }).waitFor()
    await step('start').focus()
    await page.keyboard.press('e')
    await page.getByRole('combobox', { name: 'Add a step' }).fill('publish')
    await page.keyboard.press('Enter')
    await poll(() => hasEdge('start', 'publish')).toBe(true)
  })

  it('says that somebody saved a newer version, and loads theirs', async () => {
    const { version, definition } = await saved()
    await api(`/api/workflows/${workflow.id}`, 'PUT', { version, name: 'Theirs', definition })
    await card('draft').click()
    await page.getByLabel('Name of the step').fill('Mine')
    await page.getByText('Somebody saved a newer version.').waitFor()
    await page.getByRole('button', { name: 'Load theirs' }).click()
    await poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('Theirs')
    expect(await card('draft').innerText()).toContain('Draft')
  })

  it('shows a fault beside its field and leads there from the list of problems', async () => {
    await card('draft').click()
    const message = page.locator('[data-setting="user"] textarea')
    await message.fill('About {{ nobody.x }}')
    await page.getByRole('alert').filter({ hasText: 'nobody' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '1 problem' }).click()
    await page.getByRole('list', { name: 'Problems' }).getByRole('button').click()
    await poll(() => message.evaluate((area) => document.activeElement === area)).toBe(true)
  })
})
