import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { startFixtureServer } from './fixture-server.ts'

/**
 * Pictures of every page, light and dark, wide and narrow, into frontend/e2e/shots/.
 * Build first; then `node frontend/e2e/support/take-shots.ts [name…]` takes all, or those named.
 */
interface Shot {
  name: string
  path: string
  owner?: boolean
  session?: boolean
  narrow?: boolean
  notices?: boolean
  prepare?: (page: Page) => Promise<void>
}

const openNotices = async (page: Page) => {
  await page.getByRole('button', { name: /^Notices/ }).click()
  await page.getByRole('region', { name: 'Notices' }).waitFor()
}

const shots: Shot[] = [
  { name: 'setup', path: '/', owner: false, session: false },
  { name: 'sign-in', path: '/inbox', session: false, narrow: true },
  {
    name: 'sign-out-owed',
    path: '/workflows',
    narrow: true,
    prepare: async (page) => {
      await page.route('**/api/auth/logout', (route) => route.abort())
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill('sign out')
      await page.keyboard.press('Enter')
      await page.getByRole('alert', { name: 'Signing out' }).waitFor()
    },
  },
  { name: 'workflows', path: '/workflows', narrow: true },
  {
    name: 'templates',
    path: '/workflows',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'New from template' }).click()
      await page.getByText('First steps').waitFor()
    },
  },
  { name: 'executions', path: '/executions', narrow: true },
  { name: 'inbox', path: '/inbox', narrow: true },
  {
    name: 'inbox-text',
    path: '/inbox?question=q-1',
    narrow: true,
    prepare: async (page) => {
      await page.getByRole('button', { name: /Decline/ }).click()
    },
  },
  { name: 'inbox-form', path: '/inbox?question=q-3' },
  { name: 'inbox-answered', path: '/inbox?tab=answered' },
  { name: 'knowledge', path: '/knowledge' },
  {
    name: 'knowledge-base',
    path: '/knowledge/kb-1',
    prepare: async (page) => {
      await page.getByLabel('Search the passages').fill('how dry must oak boards be before laying')
      await page.keyboard.press('Enter')
      await page.getByText('0.91').waitFor()
    },
  },
  { name: 'settings', path: '/settings' },
  { name: 'members', path: '/settings#members' },
  { name: 'join', path: '/join#fixture', session: false, narrow: true },
  {
    name: 'new-key',
    path: '/settings',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'New key' }).click()
      await page.getByText('Start and stop runs').waitFor()
    },
  },
  {
    name: 'palette',
    path: '/workflows',
    prepare: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder('Search workflows, runs and commands').waitFor()
    },
  },
  {
    name: 'rail-open',
    path: '/executions',
    prepare: async (page) => {
      await page.keyboard.press('[')
      await page.getByText('Hide labels').waitFor()
    },
  },
  { name: 'not-found', path: '/nowhere' },
  { name: 'notices', path: '/workflows', narrow: true, prepare: openNotices },
  { name: 'notices-none', path: '/inbox', notices: false, narrow: true, prepare: openNotices },
  {
    name: 'new-secret',
    path: '/settings#hooks',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^New secret/ }).click()
      await page.getByRole('button', { name: 'Make a new secret' }).click()
      await page.getByText('whsec_').waitFor()
    },
  },
]

const folder = new URL('../shots/', import.meta.url).pathname
const wanted = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const browser = await launchBrowser()
try {
  for (const shot of shots.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const theme of ['light', 'dark'] as const) {
      await take(shot, theme, 'wide')
      if (shot.narrow === true) await take(shot, theme, 'narrow')
    }
  }
} finally {
  await browser.close()
}

async function take(shot: Shot, theme: 'light' | 'dark', width: 'wide' | 'narrow'): Promise<void> {
  const server = await startFixtureServer({
    owner: shot.owner ?? true,
    session: shot.session ?? true,
    setupTokenRequired: false,
    notices: shot.notices ?? true,
  })
  const context = await browser.newContext({
    viewport: width === 'wide' ? { width: 1440, height: 900 } : { width: 390, height: 844 },
    colorScheme: theme,
  })
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => process.stderr.write(`${shot.name}: ${error.stack}\n`))
    await page.goto(server.url + shot.path, { waitUntil: 'networkidle' })
    await shot.prepare?.(page)
    await page.evaluate(() => document.fonts.ready)
    await page.waitForLoadState('networkidle')
    await page.screenshot({
      path: `${folder}${shot.name}-${theme}${width === 'narrow' ? '-390' : ''}.png`,
      animations: 'disabled',
    })
  } finally {
    await context.close()
    await server.close()
  }
}
