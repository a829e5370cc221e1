import { buildWebApp, webDir } from '../lib/builds.mjs'
import { provisionChromium } from '../provision-chromium.mjs'
import { setup as setupIntegration } from './integration-setup.mjs'

/** Runs once before the end-to-end tests, which find the browser in MILLRACE_CHROMIUM and the app in MILLRACE_WEB_DIR. */
export async function setup() {
  process.env.MILLRACE_CHROMIUM = (await provisionChromium()).path
  await buildWebApp()
  process.env.MILLRACE_WEB_DIR = webDir
  await setupIntegration()
}
