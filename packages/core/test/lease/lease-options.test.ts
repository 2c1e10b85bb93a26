import { describe, expect, it } from 'vitest';
import { type LeasesOptions, resolveLeases } from '../../src/lease/lease-options.ts';

describe('the options of leases', () => {
  it('have defaults, and are frozen', () => {
    const resolved = resolveLeases();
    expect(resolved).toMatchObject({ recheckMs: 30_000, outageGraceMs: 60_000 });
    expect(resolved.ends.expired.closeCode).toBe(1008);
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it.each<LeasesOptions>([
    { recheckSec: 5, outageGraceSec: 0 },
    { recheckSec: 3_600, outageGraceSec: 86_400 },
    { recheckSec: 7.5 },
    { closeCodes: { expired: 4401, revoked: 3000, refused: 4999, released: 1000 } },
    {
      closeCodes: {
        expired: 1001,
        revoked: 1008,
        refused: 1011,
        released: 1012,
        unavailable: 1013,
      },
    },
  ])('[RFC6455-7.4.2-a] may be %o', (options) => {
    const { recheckSec = 30, outageGraceSec = 60 } = options;
    expect(resolveLeases(options)).toMatchObject({
      recheckMs: recheckSec * 1_000,
      outageGraceMs: outageGraceSec * 1_000,
    });
  });

  it.each([
    [{ recheckSec: 4.9 }, 'leases.recheckSec must be a number of seconds from 5 to 3600'],
    [{ recheckSec: 3_601 }, 'leases.recheckSec must be'],
    [{ recheckSec: '30' }, 'leases.recheckSec must be'],
    [
      { outageGraceSec: -1 },
      'leases.outageGraceSec must be a number of seconds from 0 to 86400. Write: leases: { recheckSec: 30, outageGraceSec: 60 }',
    ],
    [{ outageGraceSec: 86_401 }, 'leases.outageGraceSec must be'],
    [{ outageGraceSec: Number.NaN }, 'leases.outageGraceSec must be'],
    [{ closeCodes: { ended: 4401 } }, 'leases.closeCodes has no option "ended"'],
    [{ closeCodes: { expired: 1004 } }, 'leases.closeCodes has a value that is not a close code'],
    [{ closeCodes: { expired: 1005 } }, 'leases.closeCodes has a value that is not a close code'],
    [{ closeCodes: { expired: 1006 } }, 'leases.closeCodes has a value that is not a close code'],
    [{ closeCodes: { expired: 1015 } }, 'leases.closeCodes has a value that is not a close code'],
    [{ closeCodes: { expired: 2_999 } }, 'Write: closeCodes: { expired: 4401 }'],
    [{ closeCodes: { expired: 5_000 } }, 'leases.closeCodes has a value'],
    [{ closeCodes: { expired: 4401.5 } }, 'leases.closeCodes has a value'],
    [{ closeCodes: { revoked: 4401, expired: '4401' } }, 'leases.closeCodes has a value'],
    [{ closeCodes: 4401 }, 'leases.closeCodes takes an object of options'],
    [{ recheck: 30 }, 'leases has no option "recheck"'],
    [7, 'Write: leases: {'],
  ])('[RFC6455-7.4.1-c] may not be %o', (options, message) => {
    expect(() => resolveLeases(options as LeasesOptions)).toThrow(message);
  });
});
