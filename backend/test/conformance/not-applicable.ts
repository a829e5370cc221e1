const subscriptions =
  'the optional subscription interface (wake-ups by webhook or by pull for patterns of stream names), off by a switch of the suite itself; Millrace tells other systems of events by its own hooks'

/** Tests of the suite that are not run, with the reason. Every other one must pass. */
export const notApplicable: Record<string, string> = {
  'Reserved subscription APIs > creates and idempotently re-confirms a webhook subscription': subscriptions,
  'Reserved subscription APIs > rejects unsafe webhook URLs': subscriptions,
  'Reserved subscription APIs > webhook synchronous done auto-acks the wake snapshot': subscriptions,
  'Reserved subscription APIs > webhook callback acks and fences stale wake generations': subscriptions,
  'Reserved subscription APIs > adds and removes explicit subscription streams': subscriptions,
  'Reserved subscription APIs > pull-wake claim, ack, and release use subscription-scoped leases': subscriptions,
}
