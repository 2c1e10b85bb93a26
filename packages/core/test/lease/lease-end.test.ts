import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  isLeaseEndedError,
  LEASE_END_CAUSES,
  LeaseEndedError,
  leaseEnds,
} from '../../src/lease/lease-end.ts';

describe('the end of a lease', () => {
  it('[RFC6455-7.4.1-a] has a cause, a short text and a close code, frozen', () => {
    expect(leaseEnds({})).toEqual({
      expired: { cause: 'expired', text: 'token expired', closeCode: 1008 },
      revoked: { cause: 'revoked', text: 'token revoked', closeCode: 1008 },
      key_withdrawn: { cause: 'key_withdrawn', text: 'token no longer accepted', closeCode: 1008 },
      issuer_removed: {
        cause: 'issuer_removed',
        text: 'token no longer accepted',
        closeCode: 1008,
      },
      refused: { cause: 'refused', text: 'token no longer accepted', closeCode: 1008 },
      unavailable: { cause: 'unavailable', text: 'try again later', closeCode: 1013 },
      renewed_too_often: { cause: 'renewed_too_often', text: 'too many renewals', closeCode: 1008 },
      server_closed: { cause: 'server_closed', text: 'going away', closeCode: 1001 },
      released: { cause: 'released', text: 'closed', closeCode: 1000 },
    });
    expect(Object.values(leaseEnds({})).every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(leaseEnds({}))).toBe(true);
    expect(LEASE_END_CAUSES).toEqual(Object.keys(leaseEnds({})));
  });

  it('[RFC6455-5.5-a] has a text that fits into a close frame', () => {
    for (const { text } of Object.values(leaseEnds({}))) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(123);
    }
  });

  it('has other close codes if they are configured', () => {
    const ends = leaseEnds({ expired: 4401 });
    expect([ends.expired.closeCode, ends.revoked.closeCode]).toEqual([4401, 1008]);
  });
});

it('the reason of an aborted signal is recognized by a brand', () => {
  const error = new LeaseEndedError(leaseEnds({}).expired);
  expect(error).toMatchObject({
    name: 'LeaseEndedError',
    message: 'The lease has ended: token expired',
    end: { cause: 'expired' },
  });
  expect(isLeaseEndedError(error)).toBe(true);
  expect(isLeaseEndedError(new Error('other'))).toBe(false);
});

it('docs/sockets.md lists every cause with its code and its text', () => {
  const text = readFileSync(new URL('../../../../docs/sockets.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \|.*\| (\d{4}) \| `([^`]+)` \|$/gm)];
  expect(
    rows.map(([, cause, code, said]) => ({ cause, closeCode: Number(code), text: said })),
  ).toEqual(Object.values(leaseEnds({})));
});
