import { describe, expect, it } from 'vitest';
import { type PeerList, parsePeerList } from '../../src/lib/peer-list.ts';

function listOf(...entries: readonly string[]): PeerList {
  const parsed = parsePeerList(entries);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed;
}

describe('a list of peers', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.5', true],
    ['10.0.0.0/8', '::ffff:10.0.0.5', true],
    ['10.0.0.0/8', '11.0.0.5', false],
    ['10.0.0.0/8', '::ffff:11.0.0.5', false],
    ['10.9.8.7', '10.9.8.7', true],
    ['10.9.8.7', '10.9.8.6', false],
    ['10.9.8.7/8', '10.1.1.1', true],
    ['192.168.4.0/22', '192.168.7.255', true],
    ['192.168.4.0/22', '192.168.8.0', false],
    ['::ffff:10.0.0.0/104', '10.0.0.5', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.0.0.5', true],
    ['::1', '::1', true],
    ['::1', '::2', false],
    ['fd00::/8', 'fdab::1', true],
    ['fc00::/7', 'fe80::1', false],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['2001:db8::/32', '10.0.0.5', false],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', 'unix', false],
    ['10.0.0.0/8', '10.0.0.5.example.com', false],
    ['10.0.0.0/8', '010.0.0.5', false],
    ['unix', '10.0.0.5', false],
  ])('%s has %s: %s', (entry, address, has) => {
    expect(listOf(entry).hasAddress(address)).toBe(has);
  });

  it('has the addresses of each of its entries, and unix only if it is named', () => {
    const list = listOf('10.0.0.1', 'unix', 'fd00::/8');
    expect([list.hasAddress('10.0.0.1'), list.hasAddress('fd00::1')]).toEqual([true, true]);
    expect(list.hasUnix).toBe(true);
    expect(listOf('10.0.0.1').hasUnix).toBe(false);
  });

  it.each([
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '10.0.0.0/7',
    '2000::/3',
    'fc00::/6',
    '::ffff:0:0/96',
    '::ffff:0:0/95',
    '::/80',
    '::ffff:10.0.0.0/103',
    '::ffff:128.0.0.0/97',
  ])('refuses %s, which includes addresses of strangers', (entry) => {
    expect(parsePeerList(['10.0.0.1', entry])).toEqual({ entry, fault: 'too_wide' });
  });

  it.each([
    '10.0.0.0/8',
    'fc00::/7',
    'fe80::/10',
    '::1',
    '::/100',
    '::ffff:10.0.0.0/104',
    '2001:db8::/32',
  ])('accepts %s', (entry) => {
    expect(parsePeerList([entry])).not.toHaveProperty('fault');
  });

  it.each([
    undefined,
    null,
    1,
    '',
    'localhost',
    'loopback',
    'proxy.internal',
    'UNIX',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/8 ',
    '10.0.0',
    '10.0.0.0/255.0.0.0',
    '::1/129',
    '::1/1000',
    'fe80::1%eth0',
    '10.0.0.1:80',
    '[::1]',
  ])('refuses %j', (entry) => {
    expect(parsePeerList(['10.0.0.1', entry])).toEqual({ entry, fault: 'malformed' });
  });
});
