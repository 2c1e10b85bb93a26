import { describe, expect, it } from 'vitest';
import { forwardedThumbprint } from '../../src/binding/forwarded-client-cert.ts';

const OURS = 'a1'.repeat(32);
const THEIRS = 'ff'.repeat(32);
const thumbprint = Buffer.from(OURS, 'hex').toString('base64url');

describe('X-Forwarded-Client-Cert', () => {
  it.each([
    ['Hash alone', `Hash=${OURS}`],
    ['Hash in capitals', `Hash=${OURS.toUpperCase()}`],
    ['Hash in quotes', `Hash="${OURS}"`],
    [
      'all that Envoy writes',
      `By=spiffe://x/api;Hash=${OURS};Cert="-----BEGIN%20";Subject="CN=a,O=b";URI=spiffe://x/a;DNS=a;DNS=b`,
    ],
    ['a value with =', `By=spiffe://x?a=b;Hash=${OURS}`],
    ['no value', `By=;Hash=${OURS}`],
    ['a quoted quote', `Hash=${OURS};Subject="CN=\\"a\\""`],
    ['another hash within quotes', `Hash=${OURS};Subject="CN=a;Hash=${THEIRS},Hash=${THEIRS}"`],
    ['another hash behind a quoted quote', `Hash=${OURS};Subject="CN=\\";Hash=${THEIRS}"`],
  ])('is read: %s', (_what, value) => {
    expect(forwardedThumbprint(value)).toBe(thumbprint);
  });

  it.each([
    ['nothing', ''],
    ['no Hash', 'By=spiffe://x/api;Subject="CN=a"'],
    ['Cert alone', 'Cert="-----BEGIN%20CERTIFICATE-----"'],
    ['two elements', `Hash=${THEIRS},By=spiffe://x;Hash=${OURS}`],
    ['two elements with a space', `Hash=${THEIRS}, Hash=${OURS}`],
    ['an element that another was appended to', `Hash=${THEIRS},By=spiffe://x`],
    [
      'an open quote before that of the proxy',
      `Hash=${THEIRS};Subject=",Hash=${OURS};Subject="CN=a"`,
    ],
    ['an open quote to the end', `Hash=${THEIRS};Subject=",Hash=${OURS}`],
    [
      'two hashes: one out of a name in the certificate',
      `Hash=${OURS};URI=spiffe://x;Hash=${THEIRS}`,
    ],
    ['two hashes that are equal', `Hash=${OURS};Hash=${OURS}`],
    ['two hashes, one in small letters', `Hash=${OURS};hash=${THEIRS}`],
    ['a hash that is too short', `Hash=${OURS.slice(2)}`],
    ['a hash that is too long', `Hash=${OURS}00`],
    ['a hash that is not hex', `Hash=${'g'.repeat(64)}`],
    ['an empty hash', 'Hash='],
    ['an empty end', `Hash=${OURS};`],
    ['an empty beginning', `;Hash=${OURS}`],
    ['a name without value', `Hash=${OURS};By`],
    ['something behind a quote', `Hash="${OURS}"x`],
    ['a space before', ` Hash=${OURS}`],
  ])('is not read with %s', (_what, value) => {
    expect(forwardedThumbprint(value)).toBeUndefined();
  });
});
