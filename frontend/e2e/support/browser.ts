import { type Browser, chromium } from 'playwright-core'

/** Path of the browser, as the test runner found it. */
const executablePath = process.env.MILLRACE_CHROMIUM ?? '/usr/bin/chromium'

/** A headless Chromium that talks to nobody but the page under test. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
