import { isIPv6 } from 'node:net'

/** Groups of 16 bits in an IPv6 address, and those that name the network of a host (RFC 4291 §2.5.4: 64 bits). */
const groupCount = 8
const networkGroupCount = 4

/**
 * Whom an address stands for where limits count: an IPv4 address itself, also inside IPv6, and of an IPv6 address the
 * network, for a host may choose among all addresses of it.
 */
export function addressGroup(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%')
  const embedded = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1]
  if (embedded !== undefined) return embedded
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const first = groupsOf(head)
  const last = tail === undefined ? [] : groupsOf(tail)
  const zeros = Array.from({ length: groupCount - first.length - last.length }, () => '0')
  const network = [...first, ...zeros, ...last].slice(0, networkGroupCount)
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** An IPv4 address at the end stands for two groups. */
function groupsOf(part: string): string[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
}
