import type { Browser, BrowserContext } from 'playwright-core'

export interface Person {
  name: string
  email: string
  password: string
}

export const ada: Person = { name: 'Ada Winter', email: 'ada@example.com', password: 'correct horse battery' }

/** The product's API in the name of one person, past every fault of the browser's network. */
export class ProductApi {
  readonly url: string
  #token = ''

  constructor(url: string) {
    this.url = url
  }

  /** Creates the owner of a product without one, or signs somebody in. */
  static async signIn(url: string, person: Person, route: 'setup' | 'login' = 'login'): Promise<ProductApi> {
    const api = new ProductApi(url)
    const { name, email, password } = person
    const body = route === 'setup' ? { name, email, password } : { email, password }
    api.#token = (await api.send<{ accessToken: string }>('POST', `/api/auth/${route}`, body)).accessToken
    return api
  }

  read<T>(path: string): Promise<T> {
    return this.send<T>('GET', path)
  }

  /** @param workspaceId another than the one joined first. */
  async send<T>(method: string, path: string, body?: unknown, workspaceId?: string): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(workspaceId === undefined ? {} : { 'x-workspace-id': workspaceId }),
        ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

/** A browser profile of its own that is signed in as somebody. */
export async function profileOf(browser: Browser, url: string, person: Person): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const { email, password } = person
  const answer = await context.request.post(`${url}/api/auth/login`, { data: { email, password } })
  if (!answer.ok()) throw new Error(`${email} could not sign in: ${answer.status()}`)
  return context
}
