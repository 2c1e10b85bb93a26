import { BlockList, isIP } from 'node:net';

/** A list of trusted peers. */
export interface PeerList {
  /** Whether the list contains this address. An IPv4 address is also recognized when it is mapped into IPv6. */
  hasAddress(address: string): boolean;
  /** Whether the list contains `unix`: the peers of a Unix domain socket, which have no address. */
  readonly hasUnix: boolean;
}

/** The result of {@link parsePeerList}: the list, or the first wrong entry and what is wrong with it. */
export type ParsedPeerList =
  | PeerList
  | { readonly entry: unknown; readonly fault: 'malformed' | 'too_wide' };

/** The entry for peers of a Unix domain socket, which have no address. */
const UNIX = 'unix';

/** Prefix length, in bits, of the widest private networks: 10.0.0.0/8 and fc00::/7. */
const WIDEST = { ipv4: 8, ipv6: 7 } as const;
/** An IPv4 address that is mapped into IPv6 has 96 bits before it (RFC 4291 §2.5.5.2). */
const WIDEST_MAPPED = 96 + WIDEST.ipv4;

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/**
 * Parses a list of addresses (`10.1.2.3`), networks (`10.0.0.0/8`, `fd00::/8`) and the word `unix`. Host names are not
 * allowed, because nothing is resolved. A network that is wider than the widest private network is refused: it would
 * include addresses of strangers.
 */
export function parsePeerList(entries: readonly unknown[]): ParsedPeerList {
  const list = new BlockList();
  let hasUnix = false;
  for (const entry of entries) {
    if (entry === UNIX) {
      hasUnix = true;
      continue;
    }
    const network = parseNetwork(entry);
    if (network === undefined) return { entry, fault: 'malformed' };
    if (isTooWide(network)) return { entry, fault: 'too_wide' };
    list.addSubnet(network.address, network.prefix, network.family);
  }
  return Object.freeze<PeerList>({
    hasUnix,
    hasAddress(address) {
      const version = isIP(address);
      if (version === 0) return false;
      return list.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
  });
}

function parseNetwork(entry: unknown): Network | undefined {
  if (typeof entry !== 'string') return undefined;
  const [address = '', prefix, ...rest] = entry.split('/');
  const version = isIP(address);
  // An interface in an address (`fe80::1%eth0`) is not allowed: the address of a socket's peer has none.
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  return { address, prefix: length, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function isTooWide({ address, prefix, family }: Network): boolean {
  if (prefix < WIDEST[family]) return true;
  if (family === 'ipv4' || prefix >= WIDEST_MAPPED) return false;
  // An IPv6 network that contains a large part of the mapped IPv4 addresses is as wide as those.
  return overlaps({ address, prefix, family }, MAPPED);
}

const MAPPED: Network = { address: '::ffff:0:0', prefix: 96, family: 'ipv6' };

/** Whether two networks overlap. Then one of them contains the other. */
function overlaps(one: Network, other: Network): boolean {
  return contains(one, other) || contains(other, one);
}

function contains(outer: Network, inner: Network): boolean {
  const list = new BlockList();
  list.addSubnet(outer.address, outer.prefix, outer.family);
  return list.check(inner.address, inner.family);
}
