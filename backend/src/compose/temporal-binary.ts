const provisioning = new URL('../../../scripts/provision-temporal.mjs', import.meta.url)

interface Provisioning {
  provisionTemporal(options: { signal: AbortSignal }): Promise<{ path: string } | { address: string }>
}

/**
 * The executable for the development server, by the ways that `npm start` tries; it hands over what it found
 * by MILLRACE_TEMPORAL_BIN, so this is for a process that is started by itself. Throws an error whose
 * message names every way tried.
 */
export async function findTemporalBinary(signal: AbortSignal): Promise<string> {
  const { provisionTemporal } = (await import(provisioning.href)) as Provisioning
  const found = await provisionTemporal({ signal })
  // An address would be a setting, and then nobody asks for a binary.
  if ('address' in found) throw new Error('TEMPORAL_ADDRESS changed while starting')
  return found.path
}
