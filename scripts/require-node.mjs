/**
 * Importing this ends the process with advice when the running Node is too old for the sources, which run as they are.
 * Kept in syntax that old versions can parse. `npm start`, `npm run dev` and `npm test` do not need it: they install
 * the right Node and use that.
 */
import { isNodeNewEnough, nodeTooOldMessage } from './lib/node-version.mjs'

if (!isNodeNewEnough(process.versions.node)) {
  process.stderr.write(`${nodeTooOldMessage(process.versions.node)}\n`)
  process.exit(1)
}
