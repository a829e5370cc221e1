import type { Command } from './command.ts'

const everywhere = `Everywhere:
  --url <address>  the server; otherwise MILLRACE_URL, the last sign-in, or http://localhost:3001
  --json           machine output, one JSON value per line; errors too, on stderr
  --help           help for a command

Environment: MILLRACE_URL, MILLRACE_API_KEY, NO_COLOR.
Exit codes: 0 done, 1 the run failed or was cancelled, 2 wrong usage, 3 refused or server away, 130 Ctrl-C.
`

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `Usage: millrace <command> [options]\n\n${lines.join('\n')}\n\n${everywhere}`
}

export function helpFor({ name, summary, usage, details }: Command): string {
  const words = ['millrace', name, usage].filter((word) => word !== '').join(' ')
  return `Usage: ${words}\n\n${summary}.\n\n${details === '' ? '' : `${details}\n`}${everywhere}`
}
