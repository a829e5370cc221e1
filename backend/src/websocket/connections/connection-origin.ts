import type { Capability } from '@millrace/shared/protocol/capabilities'

/** What is known of the other end beside its identity. */
export interface ConnectionOrigin {
  /** Network address, as far as proxies are trusted. */
  address: string
  userAgent: string | null
  /** What it understands beyond the base of the protocol. */
  capabilities?: readonly Capability[]
}
