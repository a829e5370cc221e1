import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { FaultyNetwork } from './support/faulty-network.ts'
import { ada, type Person, ProductApi, profileOf } from './support/product-api.ts'
import { type Product, startProduct } from './support/start-product.ts'

const kim: Person = { name: 'Kim Larch', email: 'kim@example.com', password: 'a long way to the sea' }

/** What a person finds who was away: without a network, in another workspace, or while somebody else took the browser. */
describe('a page that was away', () => {
  let product: Product
  let browser: Browser
  let network: FaultyNetwork
  let api: ProductApi
  let page: Page

  beforeAll(async () => {
    product = await startProduct()
    api = await ProductApi.signIn(product.url, ada, 'setup')
    network = await FaultyNetwork.before(product.url)
    browser = await launchBrowser()
    page = await (await profileOf(browser, network.url, ada)).newPage()
    page.setDefaultTimeout(30_000)
  })
  afterAll(async () => {
    await browser?.close()
    await network?.close()
    await product?.dispose()
  })

  const bell = (name: string) => page.getByRole('button', { name, exact: true })
  const indicator = (state: string) => page.locator(`[data-connection="${state}"]`)
  async function goOffline(): Promise<void> {
    await indicator('live').waitFor()
    network.down()
    await indicator('offline').waitFor()
  }
  async function comeBack(): Promise<void> {
    network.up()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await indicator('live').waitFor()
  }

  it('tells what was said meanwhile, keeps it behind the bell, and remembers what was read', async () => {
    await page.goto(`${network.url}/workflows`)
    await bell('Notices').waitFor()
    await goOffline()
    await api.send('POST', '/api/notifications', { title: 'The price list is new', message: 'Look before noon.' })
    await comeBack()
    await page.locator('[data-sonner-toast]').getByText('The price list is new').waitFor()
    await bell('Notices, 1 unread').click()
    await page.getByRole('region', { name: 'Notices', exact: true }).getByText('Look before noon.').waitFor()
    await page.keyboard.press('Escape')
    await page.reload()
    await bell('Notices, 1 unread').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await page.getByRole('button', { name: 'Mark all read' }).click()
    await page.reload()
    await bell('Notices').waitFor()
  })

  it('sends an answer that was given without a network as soon as there is one, once', async () => {
    const { id } = await api.send<{ id: string }>('POST', '/api/workflows', {
      name: 'Ask first',
      definition: askingWorkflow(),
    })
    const { executionId } = await api.send<{ executionId: string }>('POST', `/api/workflows/${id}/executions`, {
      input: {},
    })
    const status = async () => (await api.read<{ status: string }>(`/api/executions/${executionId}`)).status
    await page.goto(`${network.url}/inbox`)
    await page.getByRole('heading', { name: 'Send it?' }).waitFor()
    await goOffline()
    const approve = page.getByRole('form', { name: 'Answer' }).getByRole('button', { name: /Approve/ })
    await approve.click()
    await page.getByText('Will be sent when you are online again').waitFor()
    expect(await approve.isDisabled()).toBe(true)
    expect(await status()).toBe('waiting')

    await comeBack()
    await page.getByText('Answered', { exact: true }).first().waitFor()
    await expect.poll(status, { timeout: 20_000 }).toBe('completed')
    const { items } = await api.read<{ items: { type: string }[] }>(`/api/executions/${executionId}/events?limit=1000`)
    expect(items.filter(({ type }) => type === 'user:input:received')).toHaveLength(1)
  })

  it('follows a link into the workspace it belongs to, and says so', async () => {
    const harbour = await api.send<{ id: string }>('POST', '/api/workspaces', { name: 'Harbour' })
    const definition = askingWorkflow()
    const made = await api.send<{ id: string }>('POST', '/api/workflows', { name: 'Moor', definition }, harbour.id)
    await page.goto(`${network.url}/workflows/${made.id}`)
    await page.getByText('The link leads here.').waitFor()
    await page.locator('[data-node-id="ask"]').waitFor()
    await page.getByRole('button', { name: 'Workspace Harbour: switch' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/workflows/${made.id}`)
    await page.goto(`${network.url}/workflows/nowhere`)
    await page.getByText('WORKFLOW_NOT_FOUND').waitFor()
  })

  it('never goes on as the person whom another tab has signed in, unless it is told to', async () => {
    const [workspace] = (await api.read<{ workspaces: { id: string }[] }>('/api/me')).workspaces
    const invitations = `/api/workspaces/${workspace?.id}/invitations`
    const { token } = await api.send<{ token: string }>('POST', invitations, { role: 'viewer' })
    await new ProductApi(product.url).send('POST', '/api/invitations/accept', { token, account: kim })
    await page.clock.install()
    await page.goto(`${network.url}/inbox`)
    await indicator('live').waitFor()
    const { email, password } = kim
    await page.context().request.post(`${network.url}/api/auth/login`, { data: { email, password } })
    // Longer than a token lives: the page renews its own, by the cookie that is Kim's now.
    await page.clock.fastForward('20:00')
    await page.getByRole('heading', { name: 'Kim Larch is signed in now' }).waitFor()
    expect(await page.getByText('Inbox').count()).toBe(0)
    await page.getByRole('button', { name: 'Go on as Kim Larch' }).click()
    await page.getByRole('heading', { name: 'Inbox' }).waitFor()
    await page.getByRole('button', { name: 'Kim Larch: account and theme' }).waitFor()
  })
})

/** Start, one question, and an output. */
function askingWorkflow(): WorkflowDefinition {
  const fields = [{ name: 'choice', kind: 'template', value: '{{ ask.choice }}' }]
  const at = (x: number) => ({ x, y: 120 })
  return WorkflowDefinition.parse({
    nodes: [
      { id: 'start', type: 'start', name: 'Start', position: at(0), config: {} },
      { id: 'ask', type: 'prompt', name: 'Ask', position: at(340), config: { kind: 'approve', title: 'Send it?' } },
      { id: 'publish', type: 'output', name: 'Publish', position: at(680), config: { fields } },
    ],
    edges: [
      { id: 'start-ask', source: 'start', target: 'ask' },
      { id: 'ask-publish', source: 'ask', sourcePort: 'approve', target: 'publish' },
    ],
  })
}
