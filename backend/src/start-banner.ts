import type { Product } from './compose/product.ts'
import { type Config, isOpenToOthers } from './config.ts'

/** What a person reads after the start: where to go, what runs where, how to stop. */
export function startBanner(config: Config, product: Product): string {
  const rows = [...product.parts.map(({ name, where }): [string, string] => [name, where]), ['data', config.dataDir]]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const facts = rows.map(([name = '', where = '']) => `  ${name.padEnd(width)}  ${where}`)
  const title = product.url === null ? 'Millrace worker is ready' : `Millrace is ready: ${product.url}`
  const from = isOpenToOthers(config.server) ? '' : ' from elsewhere than this machine'
  const setup =
    product.setupToken === null
      ? []
      : ['', `  There is no owner yet. Setting up${from} needs this token: ${product.setupToken}`]
  return `\n${[title, '', ...facts, ...setup, '', '  Stop with Ctrl-C.'].join('\n')}\n\n`
}
