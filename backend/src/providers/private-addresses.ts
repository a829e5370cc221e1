import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/**
 * Networks that a public address never belongs to (IANA special-purpose registries, RFC 6890 and its updates).
 * Cloud metadata services live in them too: 169.254.169.254, fd00:ec2::254, 100.100.100.200.
 */
const ipv4Networks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Everything outside global unicast 2000::/3, and what in it is reserved or hides an IPv4 address. */
const ipv6Networks = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/** Of IPv4 inside IPv6: mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96). The embedded address decides. */
const embeddedPrefixes = ['0000:0000:0000:0000:0000:ffff:', '0064:ff9b:0000:0000:0000:0000:']

// Two lists: one list would judge IPv4 by the IPv6 networks as well, of which ::/3 holds every mapped address.
const blocked = { ipv4: blockListOf(ipv4Networks, 'ipv4'), ipv6: blockListOf(ipv6Networks, 'ipv6') }

/** Whether an address may not be reached from a workflow: loopback, private, link-local, metadata, reserved. Anything that is no address counts too. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  if (isIPv4(plain)) return blocked.ipv4.check(plain, 'ipv4')
  if (!isIPv6(plain)) return true
  const embedded = embeddedIpv4(plain)
  return embedded === null ? blocked.ipv6.check(plain, 'ipv6') : blocked.ipv4.check(embedded, 'ipv4')
}

/** The address that a URL's host spells, null for a name. WHATWG URL has turned 0x7f.1, 2130706433 and 017700000001 into dotted form already. */
export function addressOfHost(hostname: string): string | null {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
  return isIP(bare) === 0 ? null : bare
}

function blockListOf(networks: string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/')
    list.addSubnet(address, Number(prefix), family)
  }
  return list
}

function embeddedIpv4(address: string): string | null {
  const groups = expand(address)
  if (!embeddedPrefixes.includes(`${groups.slice(0, 6).join(':')}:`)) return null
  const bits = Number.parseInt(`${groups[6]}${groups[7]}`, 16)
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

/** Eight groups of four digits. */
function expand(address: string): string[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const hex = (high: string | undefined, low: string | undefined) => ((Number(high) << 8) | Number(low)).toString(16)
  const text = dotted ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : address
  const [head = '', tail] = text.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...middle, ...right].map((group) => group.toLowerCase().padStart(4, '0'))
}
