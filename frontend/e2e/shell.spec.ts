import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { type Product, startProduct } from './support/start-product.ts'

const owner = { name: 'Ada Winter', email: 'ada@example.com', password: 'correct horse battery' }

let product: Product
let browser: Browser
let context: BrowserContext
let page: Page
/** What the pages complained about. */
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
  opened.setDefaultTimeout(30_000)
  opened.on('pageerror', (error) => complaints.push(String(error)))
  opened.on('console', (message) => {
    // The browser itself reports refused and failed requests; what they mean is checked where they happen.
    if (message.type() === 'error' && !/^(Failed to load resource|WebSocket connection to)/.test(message.text()))
      complaints.push(message.text())
  })
  return opened
}

const isLive = (on: Page) => on.locator('[data-connection="live"]').waitFor()

/** Starts the Review desk with its sample input, as a script would. Returns the run's id. */
async function startReviewDesk(): Promise<string> {
  const call = async (token: string, method: string, path: string, body?: unknown) => {
    const answer = await fetch(product.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  const { accessToken } = await call('', 'POST', '/api/auth/login', { email: owner.email, password: owner.password })
  const token = String(accessToken)
  const { items } = (await call(token, 'GET', '/api/workflows')) as { items: { id: string; name: string }[] }
  const desk = items.find((item) => item.name === 'Review desk')
  const { sampleInput } = await call(token, 'GET', '/api/templates/review-desk')
  const { executionId } = await call(token, 'POST', `/api/workflows/${desk?.id}/executions`, { input: sampleInput })
  return String(executionId)
}

describe('the app around the canvas', () => {
  it('asks the first visitor to become the owner, and lands on the Review desk', async () => {
    await page.goto(product.url)
    await page.getByRole('button', { name: 'Create the owner' }).click()
    await page.getByText('Enter an e-mail address.').waitFor()
    await page.getByLabel('Your name').fill(owner.name)
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password').fill(owner.password)
    await page.getByRole('button', { name: 'Create the owner' }).click()
    await page.waitForURL(/\/workflows\/.+/)
    await isLive(page)
  })

  it('shows a run in every list as it goes, and brings its question to the inbox', async () => {
    await page.getByRole('link', { name: 'Executions' }).click()
    await page.getByText('Nothing has run yet').waitFor()
    const executionId = await startReviewDesk()
    const row = page.locator(`a[href="/executions/${executionId}"]`)
    await row.getByText('Waiting').waitFor({ timeout: 60_000 })
    await page.getByRole('link', { name: /Inbox, 1 open question/ }).click()
    await page.getByRole('article').getByText('Waiting for you').waitFor()
  })

  it('keeps a half-written answer over a reload', async () => {
    const answer = page.getByRole('form', { name: 'Answer' })
    await answer.getByRole('button', { name: /Edit/ }).click()
    await answer.getByRole('textbox').fill('A wording of my own')
    await page.getByText('Draft kept').waitFor()
    await page.reload()
    expect(await answer.getByRole('textbox').inputValue()).toBe('A wording of my own')
    await page.getByRole('button', { name: 'Back', exact: true }).click()
  })

  it('answers by a key, and tells another page at once who was first', async () => {
    const other = await openPage()
    await other.goto(`${product.url}/inbox`)
    await other.getByRole('article').waitFor()
    const approve = page.getByRole('form', { name: 'Answer' }).getByRole('button', { name: /Approve/ })
    await page.keyboard.press((await approve.getAttribute('aria-keyshortcuts')) ?? '')
    await Promise.all(
      [page, other].map(async (seen) => {
        await seen.getByRole('status').getByText('“Approve”').waitFor()
        await seen.getByText('Nobody needs you right now').waitFor()
      }),
    )
    await other.close()
    await page.getByRole('link', { name: 'Executions' }).click()
    await page
      .getByRole('link', { name: /Review desk/ })
      .getByText('Done')
      .waitFor()
  })

  it('moves uploads through their stages until they are found, and says why a file is refused', async () => {
    await page.getByRole('link', { name: 'Knowledge' }).click()
    await page.getByRole('button', { name: 'New knowledge base' }).first().click()
    await page.getByLabel('Name').fill('Floors')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.waitForURL(/\/knowledge\/.+/)
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Add documents' }).first().click()
    await (await choosing).setFiles([
      {
        name: 'oak.md',
        mimeType: 'text/markdown',
        buffer: Buffer.from('# Oak\n\nOak boards hold 8 % moisture when they are laid.'),
      },
      { name: 'blank.txt', mimeType: 'text/plain', buffer: Buffer.from('   ') },
      { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from([137, 80, 78, 71]) },
    ])
    await page.getByText('photo.png was not added').waitFor()
    await page.locator('[data-status="completed"]').getByText('oak.md').waitFor()
    await page.locator('[data-status="failed"]').getByText('DOCUMENT_EMPTY').waitFor()
    await page.getByLabel('Search the passages').fill('moisture of oak')
    await page.keyboard.press('Enter')
    await page.getByRole('listitem').getByText('oak.md').last().waitFor()
  })

  it('says that it is offline while the server is away, keeps its pages, and comes back by itself', async () => {
    await product.stop()
    await page.locator('[data-connection="offline"]').waitFor()
    await page.getByRole('link', { name: 'Executions' }).click()
    await page
      .getByRole('link', { name: /Review desk/ })
      .getByText('Done')
      .waitFor()
    await product.start()
    await isLive(page)
  })

  it.each(['/workflows', '/executions', '/inbox', '/knowledge', '/settings'])('fits a phone: %s', async (path) => {
    const phone = await openPage()
    await phone.setViewportSize({ width: 390, height: 844 })
    await phone.goto(product.url + path)
    await isLive(phone)
    const overflow = await phone.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await phone.close()
  })

  it('signs out and in again, back to where it was', async () => {
    await page.goto(`${product.url}/settings`)
    await page.getByRole('button', { name: /account and theme/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('E-mail or password is wrong.').waitFor()
    await page.getByLabel('Password').fill(owner.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/settings$/)
  })

  it('says when the server has not heard of a sign-out, and ends the sign-in before anybody goes on', async () => {
    const isCutOff = (url: URL) => url.pathname === '/api/auth/logout'
    const leave = async () => {
      await isLive(page)
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill('sign out')
      await page.keyboard.press('Enter')
    }
    const told = page.getByRole('alert', { name: 'Signing out' })
    const signIn = page.getByRole('button', { name: 'Sign in' })
    await page.route(isCutOff, (route) => route.abort())
    await leave()
    await told.waitFor()
    await told.getByRole('button', { name: 'Try again' }).click()
    await told.waitFor()
    // The cookie is still good, but nobody goes on with it.
    await page.reload()
    await page.getByText('The server does not answer').waitFor()
    await page.unroute(isCutOff)
    await signIn.waitFor()
    expect(await told.count()).toBe(0)
    const answer = await page.request.post(`${product.url}/api/auth/refresh`)
    expect(answer.status()).toBe(401)
  })

  it('never complained', () => {
    expect(complaints).toEqual([])
  })
})
