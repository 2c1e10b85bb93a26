import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type HeaderCertificateOptions,
  headerCertificate,
} from '../../src/binding/header-certificate.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import { selfSigned } from '../http/self-signed.ts';

const { der } = selfSigned();
const thumbprint = createHash('sha256').update(der).digest('base64url');
const value = `:${der.toString('base64')}:`;

/** A request with the header, from the given address, or from none. */
function from(
  peer: Pick<RequestView, 'peerAddress' | 'overUnixSocket'>,
  headers: Readonly<Record<string, string | readonly string[]>> = { 'client-cert': value },
): RequestView {
  return { method: 'GET', url: '/', header: (name) => headers[name], ...peer };
}

const PROXY = { peerAddress: '10.0.0.5' };

function aSource(options: Partial<HeaderCertificateOptions> = {}) {
  return headerCertificate({ format: 'rfc9440', proxies: ['10.0.0.0/8'], ...options });
}

describe('[RFC9440-2.4-a] the header', () => {
  it.each<readonly [string, RequestView, readonly [string, ...string[]]]>([
    ['from a listed address', from(PROXY), ['10.0.0.0/8']],
    ['from a listed address, mapped', from({ peerAddress: '::ffff:10.0.0.5' }), ['10.0.0.0/8']],
    ['from one of several', from({ peerAddress: '::1' }), ['10.0.0.1', '::1']],
    ['from a Unix socket by name', from({ overUnixSocket: true }), ['unix']],
    ['from a Unix socket beside addresses', from({ overUnixSocket: true }), ['10.0.0.1', 'unix']],
  ])('%s is trusted', (_what, request, proxies) => {
    expect(aSource({ proxies }).thumbprintOf(request)).toBe(thumbprint);
  });

  it.each<readonly [string, RequestView, readonly [string, ...string[]], string]>([
    ['from a stranger', from({ peerAddress: '192.0.2.1' }), ['10.0.0.0/8'], 'not in proxies'],
    [
      'from a mapped stranger',
      from({ peerAddress: '::ffff:192.0.2.1' }),
      ['10.0.0.0/8'],
      'not in proxies',
    ],
    ['without an address', from({}), ['10.0.0.0/8'], 'no address'],
    ['without an address, with unix listed', from({}), ['unix'], 'no address'],
    [
      'without an address, not by a socket',
      from({ overUnixSocket: false }),
      ['unix'],
      'no address',
    ],
    [
      'from a Unix socket that is not named',
      from({ overUnixSocket: true }),
      ['10.0.0.0/8'],
      'no address',
    ],
    [
      'from an address, with unix alone',
      from({ ...PROXY, overUnixSocket: true }),
      ['unix'],
      'not in proxies',
    ],
  ])('%s is not read', (_what, request, proxies, why) => {
    const source = aSource({ proxies });
    const read: string[] = [];
    const watched: RequestView = {
      ...request,
      header: (name) => {
        read.push(name);
        return request.header(name);
      },
    };
    expect(source.thumbprintOf(watched)).toBeUndefined();
    expect(source.whyNone?.(watched)).toContain(why);
    expect(read).toEqual([]);
  });

  it.each<readonly [string, RequestView, string]>([
    ['that is absent', from(PROXY, {}), 'sent no certificate'],
    ['that is empty', from(PROXY, { 'client-cert': '' }), 'sent no certificate'],
    ['that came twice', from(PROXY, { 'client-cert': [value, value] }), 'more than once'],
    ['of another form', from(PROXY, { 'client-cert': 'x' }), 'does not have the format'],
    ['of another name', from(PROXY, { 'x-client-cert': value }), 'sent no certificate'],
    [
      'of 64 kB',
      from(PROXY, {
        'client-cert': `:${Buffer.concat([Buffer.from([0x30, 0x82, 0xc0, 0]), Buffer.alloc(0xc000)]).toString('base64')}:`,
      }),
      'does not have the format',
    ],
  ])('%s counts as no certificate', (_what, request, why) => {
    const source = aSource();
    expect(source.thumbprintOf(request)).toBeUndefined();
    expect(source.whyNone?.(request)).toContain(why);
  });

  it('has the configured name, in upper or lower case', () => {
    const source = aSource({ header: 'SSL-Client-Cert' });
    expect(source.thumbprintOf(from(PROXY, { 'ssl-client-cert': value }))).toBe(thumbprint);
    expect(source.thumbprintOf(from(PROXY))).toBeUndefined();
  });

  it('is read in the configured format', () => {
    const hash = createHash('sha256').update(der).digest('hex');
    const request = from(PROXY, { 'x-forwarded-client-cert': `Hash=${hash}` });
    expect(aSource({ format: 'envoy' }).thumbprintOf(request)).toBe(thumbprint);
  });

  it('is read on each request: an earlier value is not used again', () => {
    const source = aSource();
    const other = selfSigned().der;
    for (const each of [der, other, der]) {
      const request = from(PROXY, { 'client-cert': `:${each.toString('base64')}:` });
      expect(source.thumbprintOf(request)).toBe(
        createHash('sha256').update(each).digest('base64url'),
      );
    }
    expect(source.thumbprintOf(from({ peerAddress: '192.0.2.1' }))).toBeUndefined();
  });
});

describe('headerCertificate()', () => {
  const line = /Write: /;
  it.each<[unknown, string]>([
    [undefined, 'headerCertificate() takes an object'],
    [{ proxies: ['10.0.0.1'] }, 'format must be one of rfc9440, nginx, envoy, aws-alb, base64-der'],
    [{ format: 'apache', proxies: ['10.0.0.1'] }, 'format must be one of rfc9440'],
    [{ format: 'toString', proxies: ['10.0.0.1'] }, 'format must be one of rfc9440'],
    [{ format: 'nginx' }, 'proxies must be a list'],
    [{ format: 'nginx', proxies: [] }, 'proxies must be a list'],
    [{ format: 'nginx', proxies: '10.0.0.1' }, 'proxies must be a list'],
    [
      { format: 'nginx', proxies: ['10.0.0.1', undefined] },
      'each of proxies must be an IP address',
    ],
    [{ format: 'nginx', proxies: ['proxy'] }, 'each of proxies must be an IP address'],
    [{ format: 'nginx', proxies: ['10.0.0.1', '0.0.0.0/0'] }, '"0.0.0.0/0" in proxies includes'],
    [{ format: 'nginx', proxies: ['::/0'] }, '"::/0" in proxies includes'],
    [{ format: 'nginx', proxies: ['10.0.0.1'], header: '' }, 'header must be the name'],
    [{ format: 'nginx', proxies: ['10.0.0.1'], header: 'x y' }, 'header must be the name'],
    [{ format: 'nginx', proxies: ['10.0.0.1'], header: 1 }, 'header must be the name'],
    [{ format: 'nginx', proxy: ['10.0.0.1'] }, 'has no option "proxy"'],
  ])('%j is refused with the line to write', (options, message) => {
    const make = () => headerCertificate(options as HeaderCertificateOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
    expect(make).toThrow(line);
  });
});
