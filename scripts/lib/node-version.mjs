/** The first version that runs TypeScript without a flag and that all dependencies accept. */
export const NODE_VERSION_MIN = [22, 22, 0]

/** @param {string} version for example "24.21.0" */
export function isNodeNewEnough(version) {
  const have = version.split('.').map(Number)
  for (let index = 0; index < NODE_VERSION_MIN.length; index += 1) {
    if (have[index] !== NODE_VERSION_MIN[index]) return have[index] > NODE_VERSION_MIN[index]
  }
  return true
}

/** @param {string} version */
export function nodeTooOldMessage(version) {
  return [
    `This needs Node ${NODE_VERSION_MIN.join('.')} or later; this is Node ${version}.`,
    'On Linux and Windows "npm ci" brings a Node 24 for this folder, and everything started through npm uses it:',
    '  npm start, npm test, npm run <script>, or npx <tool>',
    'Elsewhere, or to run files directly, install Node 24 from https://nodejs.org/en/download.',
  ].join('\n')
}
