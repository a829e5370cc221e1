import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { ada, ProductApi, profileOf } from './support/product-api.ts'
import { type Product, startProduct } from './support/start-product.ts'
import { writingWorkflow } from './support/writing-workflow.ts'

/** A run shown to somebody without an account, live, for as long as its owner wants. */
describe('a shared run', () => {
  let product: Product
  let api: ProductApi
  let browser: Browser
  let owner: Page
  let guest: Page
  let executionId: string

  beforeAll(async () => {
    product = await startProduct()
    api = await ProductApi.signIn(product.url, ada, 'setup')
    const { id } = await api.send<{ id: string }>('POST', '/api/workflows', {
      name: 'Long letter',
      definition: writingWorkflow({ tokens: 4000, tokensPerSecond: 30 }),
    })
    executionId = (await api.send<{ executionId: string }>('POST', `/api/workflows/${id}/executions`, { input: {} }))
      .executionId
    browser = await launchBrowser()
    owner = await (await profileOf(browser, product.url, ada)).newPage()
    guest = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    for (const page of [owner, guest]) page.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await browser?.close()
    // A product that is told to stop waits for what writes.
    await api?.send('POST', `/api/executions/${executionId}/cancel`, {})
    await product?.dispose()
  })

  const text = () => guest.locator('[data-node-id="draft"][data-status="running"] [data-testid="node-text"]')
  const dialog = () => owner.getByRole('dialog', { name: 'Share this run' })

  it('is watched live by who has the link, and offers nothing but to watch', async () => {
    await owner.goto(`${product.url}/executions/${executionId}`)
    await owner.getByRole('button', { name: 'Share' }).click()
    await dialog().getByText('Nobody outside sees this run.').waitFor()
    await dialog().getByRole('button', { name: 'Create a link' }).click()
    const link = await dialog().locator('code').innerText()

    await guest.goto(link)
    await guest.getByText('Shared by Ada Winter').waitFor()
    expect(new URL(guest.url()).hash).toBe('')
    await text().waitFor()
    const early = await text().innerText()
    await expect.poll(() => text().innerText(), { timeout: 15_000 }).not.toBe(early)
    expect(await guest.getByRole('button', { name: /^(Run|Stop|Share|Answer|Add a step)/ }).count()).toBe(0)
    expect(await guest.getByRole('navigation', { name: 'Main' }).count()).toBe(0)
  })

  it('is there again after a reload, without the secret in the address', async () => {
    await guest.reload()
    await text().waitFor()
    expect(guest.url()).toBe(`${product.url}/shared`)
    expect(await guest.evaluate(() => localStorage.length)).toBe(0)
  })

  it('shows its owner that a guest watches', async () => {
    await dialog().getByRole('button', { name: 'Done' }).click()
    await owner.getByRole('button', { name: 'A guest watches this run' }).waitFor()
  })

  it('ends for the guest in the moment its link is revoked, and says so', async () => {
    await owner.getByRole('button', { name: 'Share' }).click()
    await dialog()
      .getByText(/^Opened/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Revoke the link by Ada Winter' }).click()
    await owner.getByRole('button', { name: 'Revoke the link', exact: true }).click()
    await guest.getByRole('heading', { name: 'This link has ended' }).waitFor()
    await guest.getByText('Ask Ada Winter for a new link').waitFor()
    expect(await guest.locator('[data-node-id]').count()).toBe(0)
    await guest.reload()
    await guest.getByRole('heading', { name: 'This link has ended' }).waitFor()
    await dialog().getByText('Nobody outside sees this run.').waitFor()
  })
})
