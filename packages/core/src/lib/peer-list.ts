import { BlockList, isIP } from 'node:net';

/** Addresses of peers that are trusted with something, and whether those without an address are. */
export interface PeerList {
  /** Whether the list has this address; an IPv4 address counts also where it comes mapped into IPv6. */
  hasAddress(address: string): boolean;
  /** Whether it names `unix`: peers on a Unix domain socket, which have no address. */
  readonly hasUnix: boolean;
}

/** What {@link parsePeerList} makes of a list; an entry that it does not take, and what is wrong with it. */
export type ParsedPeerList =
  | PeerList
  | { readonly entry: unknown; readonly fault: 'malformed' | 'too_wide' };

/** The name of the peers that have no address. */
const UNIX = 'unix';

/** Bits. The widest network that anybody keeps for their own: 10.0.0.0/8 and fc00::/7. */
const WIDEST = { ipv4: 8, ipv6: 7 } as const;
/** IPv4 mapped into IPv6 has 96 bits before those of the IPv4 address (RFC 4291 §2.5.5.2). */
const WIDEST_MAPPED = 96 + WIDEST.ipv4;

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/**
 * Parses a list of addresses (`10.1.2.3`), networks (`10.0.0.0/8`, `fd00::/8`) and the name `unix`. No
 * host names: nothing is looked up. A network that is wider than any that is kept for private use is a
 * fault: a list that covers the Internet would trust everybody.
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
  // An interface (`fe80::1%eth0`) is no part of what a socket says of its peer.
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
  // What of IPv6 has much of the mapped IPv4 addresses in it is as wide as those.
  return overlaps({ address, prefix, family }, MAPPED);
}

const MAPPED: Network = { address: '::ffff:0:0', prefix: 96, family: 'ipv6' };

/** Of two networks that overlap, one lies in the other. */
function overlaps(one: Network, other: Network): boolean {
  return contains(one, other) || contains(other, one);
}

function contains(outer: Network, inner: Network): boolean {
  const list = new BlockList();
  list.addSubnet(outer.address, outer.prefix, outer.family);
  return list.check(inner.address, inner.family);
}
