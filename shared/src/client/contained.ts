/** Calls somebody else's function; what it throws is reported and goes no further. */
export type Contain = (call: () => void) => void

interface HostReport {
  reportError?: (error: unknown) => void
}

/** Reports to the host's error page where there is one (browsers), and to `report`. */
export function createContain(report: (error: unknown) => void): Contain {
  return (call) => {
    try {
      call()
    } catch (error) {
      report(error)
      ;(globalThis as unknown as HostReport).reportError?.(error)
    }
  }
}
