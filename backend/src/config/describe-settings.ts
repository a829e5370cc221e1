import type { Setting } from './setting.ts'
import { settings } from './settings.ts'

/** Rows of the table in docs/operations.md; a test compares. */
export function settingsTable(): string[] {
  return rows().map(([name, { defaultText, doc }]) => {
    const shown = defaultText === '' ? '' : /^[\w.:/-]+$/.test(defaultText) ? `\`${defaultText}\`` : defaultText
    return `| \`${name}\` | ${shown} | ${doc} |`
  })
}

/** Lines of .env.example; a test compares. Everything is commented out: the defaults are good. */
export function settingsExample(): string[] {
  return rows().flatMap(([name, { defaultText, doc }]) => [
    `# ${doc}`,
    `# ${name}=${/^[\w.:/-]+$/.test(defaultText) ? defaultText : ''}`,
    '',
  ])
}

function rows(): [string, Setting][] {
  return Object.entries(settings)
}
