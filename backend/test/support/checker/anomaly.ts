/**
 * What can be wrong with a delivery. Jepsen's names for logs where it has them: gap is its "poll skip", reordered its
 * "nonmonotonic poll", disagreement its "inconsistent offsets", not live its "unseen".
 */
export const anomalyNames = [
  'lost write',
  'duplicate write',
  'duplicate',
  'reordered',
  'gap',
  'disagreement',
  'bad merge',
  'fold mismatch',
  'phantom',
  'silent reset',
  'after expiry',
  'after revocation',
  'unasked',
  'leak',
  'after terminal',
  'early end',
  'missing terminal',
  'mixed attempts',
  'repeated step',
  'not live',
] as const

export type AnomalyName = (typeof anomalyNames)[number]

/** One broken promise. `where`: the session and topic it was seen in. */
export interface Anomaly {
  name: AnomalyName
  where: string
  detail: string
}

export function describeAnomaly({ name, where, detail }: Anomaly): string {
  return `${name} (${where}): ${detail}`
}
