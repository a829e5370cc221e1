import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { ada, ProductApi, profileOf } from './support/product-api.ts'
import { type Product, startProduct } from './support/start-product.ts'

/** Questions answered by somebody without an account, with nothing but a link. */
describe('a link to answer', () => {
  let product: Product
  let api: ProductApi
  let browser: Browser
  let owner: Page
  let stranger: Page
  let workflowId: string
  const addresses: string[] = []

  beforeAll(async () => {
    product = await startProduct()
    api = await ProductApi.signIn(product.url, ada, 'setup')
    const definition = askingWorkflow()
    workflowId = (await api.send<{ id: string }>('POST', '/api/workflows', { name: 'Lift repair', definition })).id
    browser = await launchBrowser()
    owner = await (await profileOf(browser, product.url, ada)).newPage()
    stranger = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
    stranger.on('request', (request) => addresses.push(request.url()))
    for (const page of [owner, stranger]) page.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await browser?.close()
    await product?.dispose()
  })

  const read = (executionId: string) => api.read<{ status: string }>(`/api/executions/${executionId}`)

  /** A run that waits for its answer, and the question's id. */
  async function startRun(): Promise<{ executionId: string; requestId: string }> {
    const path = `/api/workflows/${workflowId}/executions`
    const { executionId } = await api.send<{ executionId: string }>('POST', path, { input: {} })
    const open = async () =>
      (await api.read<{ items: { requestId: string }[] }>(`/api/prompts?status=open&executionId=${executionId}`)).items
    await expect.poll(async () => (await open()).length, { timeout: 20_000 }).toBe(1)
    return { executionId, requestId: (await open())[0]?.requestId ?? '' }
  }
  async function linkOf(requestId: string): Promise<string> {
    const path = `/api/prompts/${encodeURIComponent(requestId)}/links`
    return product.url + (await api.send<{ path: string }>('POST', path, {})).path
  }

  it('is made where the question stands, and lets a stranger answer it under a name', async () => {
    const { executionId, requestId } = await startRun()
    await owner.goto(`${product.url}/inbox?question=${encodeURIComponent(requestId)}`)
    await owner.getByRole('button', { name: 'Copy a link to answer' }).click()
    const dialog = owner.getByRole('dialog', { name: 'A link to answer' })
    await dialog.getByRole('button', { name: 'Create a link' }).click()
    const link = await dialog.locator('code').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()

    await stranger.goto(link)
    await stranger.getByRole('heading', { name: 'May the notice about the lift go out today?' }).waitFor()
    await stranger.getByText('A question from Ada Winter').waitFor()
    expect(new URL(stranger.url()).hash).toBe('')
    expect(await stranger.getByRole('navigation').count()).toBe(0)
    await stranger.getByLabel('Your name').fill('Kim Larch')
    await stranger.getByRole('button', { name: /^\d?Reject/ }).click()
    await stranger.getByLabel('Reason').fill('The lift is not repaired yet.')
    await stranger.getByText('Draft kept').waitFor()
    await stranger.reload()
    expect(await stranger.getByLabel('Reason').inputValue()).toBe('The lift is not repaired yet.')
    await stranger.getByLabel('Your name').fill('Kim Larch')
    await stranger.getByRole('button', { name: /Send “Reject”/ }).click()
    await stranger.getByText('Thank you.').waitFor()

    await expect.poll(async () => (await read(executionId)).status, { timeout: 20_000 }).toBe('completed')
    expect(JSON.stringify(await read(executionId))).toContain('reject by Kim Larch (by a link from Ada Winter)')
    await owner.getByText('Kim Larch (by a link from Ada Winter) answered').waitFor()
    const token = new URL(link).hash.slice(1)
    expect(addresses.filter((address) => address.replace(/#.*/, '').includes(token.slice(0, 40)))).toEqual([])

    await stranger.reload()
    await stranger.getByText('Kim Larch (by a link from Ada Winter) answered').waitFor()
  })

  it('says who was first to whom another one was faster', async () => {
    const { requestId } = await startRun()
    await stranger.goto(await linkOf(requestId))
    await stranger.getByRole('button', { name: /Approve/ }).waitFor()
    await api.send('POST', `/api/prompts/${encodeURIComponent(requestId)}/response`, { response: 'approve' })
    await stranger.getByRole('button', { name: /Approve/ }).click()
    await stranger.getByText('Ada Winter answered first').waitFor()
  })

  it('sends an answer that was given without a network once there is one, and counts it once', async () => {
    const { executionId, requestId } = await startRun()
    await stranger.goto(await linkOf(requestId))
    await stranger.getByRole('button', { name: /Approve/ }).waitFor()
    await stranger.context().setOffline(true)
    await stranger.getByRole('button', { name: /Approve/ }).click()
    await stranger.getByText('Will be sent when you are online again').waitFor()
    await stranger.context().setOffline(false)
    await stranger.getByText('Thank you.').waitFor()
    await expect.poll(async () => (await read(executionId)).status, { timeout: 20_000 }).toBe('completed')
  })

  it('says that it has ended, that its question is withdrawn, and that it is not whole', async () => {
    const { executionId, requestId } = await startRun()
    const link = await linkOf(requestId)
    await api.send('POST', `/api/executions/${executionId}/cancel`, {})
    await expect.poll(async () => (await read(executionId)).status, { timeout: 20_000 }).toBe('cancelled')
    await stranger.goto(link)
    await stranger.getByText('The question was withdrawn').waitFor()
    await stranger.goto(`${link.slice(0, -3)}xyz`)
    await stranger.getByRole('heading', { name: 'This link has ended' }).waitFor()
    const bare = await (await browser.newContext()).newPage()
    await bare.goto(`${product.url}/answer`)
    await bare.getByRole('heading', { name: 'The link is not whole' }).waitFor()
    await bare.context().close()
  })
})

/** Start, one question, and what came of it. */
function askingWorkflow(): WorkflowDefinition {
  const at = (x: number, y = 120) => ({ x, y })
  const ask = {
    kind: 'approve',
    title: 'May the notice about the lift go out today?',
    body: '**Dear neighbours**, the lift is repaired from Monday.\n\n- Use the stairs until then.\n- Mind the cables.',
    deadlineMs: 2 * 24 * 3_600_000,
  }
  const fields = [{ name: 'said', kind: 'template', value: '{{ ask.choice }} by {{ ask.answered_by }}' }]
  return WorkflowDefinition.parse({
    nodes: [
      { id: 'start', type: 'start', name: 'Start', position: at(0), config: {} },
      { id: 'ask', type: 'prompt', name: 'Ask', position: at(340), config: ask },
      { id: 'publish', type: 'output', name: 'Publish', position: at(680), config: { fields } },
    ],
    edges: [
      { id: 'ask-publish', source: 'ask', sourcePort: 'approve', target: 'publish' },
      { id: 'ask-reject', source: 'ask', sourcePort: 'reject', target: 'publish' },
      { id: 'start-ask', source: 'start', target: 'ask' },
    ],
  })
}
