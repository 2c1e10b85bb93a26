// #region addresses
import { BlockList, isIPv6 } from 'node:net';
import { nodeFetch } from '@authly/express/node';

const inside = new BlockList();
for (const subnet of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
]) {
  inside.addSubnet(...subnetOf(subnet));
}
for (const subnet of [
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
]) {
  inside.addSubnet(...subnetOf(subnet));
}
// Of IPv6 what is routed publicly, without the tunnels that lead to IPv4 addresses.
const public6 = new BlockList();
public6.addSubnet('2000::', 3, 'ipv6');
const tunnels = new BlockList();
tunnels.addSubnet('2001::', 32, 'ipv6');
tunnels.addSubnet('2002::', 16, 'ipv6');

const fetchFromOutside = nodeFetch({
  acceptsAddress: (address) =>
    isIPv6(address)
      ? public6.check(address, 'ipv6') && !tunnels.check(address, 'ipv6')
      : !inside.check(address),
});

function subnetOf(text: string): [address: string, prefix: number] {
  const [address = '', prefix = ''] = text.split('/');
  return [address, Number(prefix)];
}

// #endregion

export { fetchFromOutside };
