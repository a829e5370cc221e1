import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { ada, ProductApi, profileOf } from './support/product-api.ts'
import { type Product, startProduct } from './support/start-product.ts'
import { writingWorkflow } from './support/writing-workflow.ts'

/** Two people, two browsers, one workspace: who joins, what a role allows, and how a change arrives. */
describe('members of a workspace', () => {
  let product: Product
  let browser: Browser
  let api: ProductApi
  /** The owner's window and the invited person's. */
  let owner: Page
  let guest: Page
  let workflowId: string
  let link = ''

  beforeAll(async () => {
    product = await startProduct()
    api = await ProductApi.signIn(product.url, ada, 'setup')
    const made = await api.send<{ id: string }>('POST', '/api/workflows', {
      name: 'Long letter',
      definition: writingWorkflow({ tokens: 100, tokensPerSecond: 100 }),
    })
    workflowId = made.id
    browser = await launchBrowser()
    owner = await (await profileOf(browser, product.url, ada)).newPage()
    guest = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    for (const page of [owner, guest]) page.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await browser?.close()
    await product?.dispose()
  })

  const run = () => guest.getByRole('button', { name: /^Run/ })
  async function giveRole(name: string, role: string): Promise<void> {
    await owner.getByRole('combobox', { name: `Role of ${name}` }).click()
    await owner.getByRole('option', { name: new RegExp(`^${role}`) }).click()
  }

  it('join by a link that is shown once, with an account that is made on the way', async () => {
    await owner.goto(`${product.url}/settings`)
    await owner.getByText('The only owner').waitFor()
    await owner.getByRole('button', { name: 'Invite' }).click()
    const dialog = owner.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await owner.getByRole('option', { name: /^Viewer/ }).click()
    await dialog.getByRole('button', { name: 'Create the link' }).click()
    link = await dialog.locator('code').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await owner.getByRole('region', { name: 'Open invitations' }).getByText('For one viewer').waitFor()

    await guest.goto(link)
    await guest.getByText('Ada Winter invites you').waitFor()
    expect(new URL(guest.url()).hash).toBe('')
    await guest.getByLabel('Your name').fill('Robin Ash')
    await guest.getByLabel('E-mail').fill('robin@example.com')
    await guest.getByLabel('Password').fill('a long way to the sea')
    await guest.getByRole('button', { name: 'Create the account and join' }).click()
    await guest.getByRole('link', { name: /Long letter/ }).waitFor()
  })

  it('are told when a link is used up', async () => {
    const late = await (await browser.newContext()).newPage()
    await late.goto(link)
    await late.getByRole('heading', { name: 'This invitation opens nothing any more' }).waitFor()
    await late.getByText('INVITATION_NOT_FOUND').waitFor()
    await late.context().close()
  })

  it('see what they may do appear and go with their role, without loading the page anew', async () => {
    await guest.goto(`${product.url}/workflows/${workflowId}`)
    await guest.locator('[data-node-id="draft"]').waitFor()
    await guest.getByRole('button', { name: 'Viewer' }).waitFor()
    expect(await run().count()).toBe(0)
    expect(await guest.getByRole('button', { name: /^Add a step/ }).count()).toBe(0)
    await guest.evaluate(() => Object.assign(window, { isSamePage: true }))

    await owner.reload()
    await giveRole('Robin Ash', 'Operator')
    await run().waitFor()
    expect(await guest.getByRole('button', { name: /^Add a step/ }).count()).toBe(0)
    await giveRole('Robin Ash', 'Editor')
    await guest.getByRole('button', { name: /^Add a step/ }).waitFor()
    await giveRole('Robin Ash', 'Viewer')
    await run().waitFor({ state: 'detached' })
    await guest.getByRole('button', { name: /^Add a step/ }).waitFor({ state: 'detached' })
    expect(await guest.evaluate(() => 'isSamePage' in window)).toBe(true)
  })

  it('have as many workspaces as they like, and go between them without loading the page anew', async () => {
    await owner.evaluate(() => Object.assign(window, { isSamePage: true }))
    await owner.getByRole('button', { name: 'New workspace' }).click()
    await owner.getByLabel('Name').last().fill('Harbour')
    await owner.getByRole('button', { name: 'Create the workspace' }).click()
    await owner.getByText('Draw the first workflow').waitFor()
    await owner.getByRole('button', { name: 'Workspace Harbour: switch' }).click()
    await owner.getByRole('menuitem', { name: /^Workspace Owner/ }).click()
    await owner.getByRole('link', { name: /Long letter/ }).waitFor()
    expect(await owner.evaluate(() => 'isSamePage' in window)).toBe(true)
    // Chosen is what this browser shows the next time, too.
    await owner.getByRole('button', { name: 'Workspace Workspace: switch' }).click()
    await owner.getByRole('menuitem', { name: /^Harbour/ }).click()
    await owner.getByText('Draw the first workflow').waitFor()
    await owner.reload()
    await owner.getByText('Draw the first workflow').waitFor()
    await owner.getByRole('button', { name: 'Workspace Harbour: switch' }).click()
    await owner.getByRole('menuitem', { name: /^Workspace Owner/ }).click()
    await owner.getByRole('link', { name: /Long letter/ }).waitFor()
  })

  it('hear what concerns them, with what they may do about it', async () => {
    // Without a workspace named it is the one joined first, which both belong to.
    await api.send('POST', '/api/notifications', {
      title: 'The price list is new',
      message: 'Look at it before noon.',
      actions: [{ label: 'Open the list', path: '/knowledge' }],
    })
    await guest.getByText('The price list is new').waitFor()
    await guest.getByRole('button', { name: 'Open the list' }).click()
    await guest.waitForURL(/\/knowledge$/)
  })

  it('see nothing any more from the moment they are removed', async () => {
    await owner.goto(`${product.url}/settings`)
    await owner.getByRole('button', { name: 'Remove Robin Ash' }).click()
    await owner.getByRole('dialog').getByRole('button', { name: 'Remove the member' }).click()
    await guest.getByRole('heading', { name: 'You belong to no workspace' }).waitFor()
    await owner.locator('[data-member="robin@example.com"]').waitFor({ state: 'detached' })
  })
})
