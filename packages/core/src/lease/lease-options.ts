import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import { LEASE_END_CAUSES, type LeaseCloseCodes, type LeaseEnds, leaseEnds } from './lease-end.ts';

/** How open connections, such as WebSockets, are checked again and closed. */
export interface LeasesOptions {
  /**
   * How often each lease is checked: whether its issuer and its key are still accepted, whether its token was revoked,
   * and, for an introspected token, whether it is still active. Seconds, 5 to 3,600. Default 30.
   */
  readonly recheckSec?: number | undefined;
  /**
   * How long a lease continues while its token cannot be checked, because a store, an authorization server or keys are
   * not available. Counted from the first check that failed, and never beyond the token's `exp`. Seconds, 0 to 86,400.
   * Default 60.
   */
  readonly outageGraceSec?: number | undefined;
  /** Close codes for WebSockets, by cause, to replace the default ones such as 1008: `{ expired: 4401 }`. */
  readonly closeCodes?: LeaseCloseCodes | undefined;
}

/** {@link LeasesOptions} with every default decided. */
export interface ResolvedLeases {
  readonly recheckMs: number;
  readonly outageGraceMs: number;
  readonly ends: LeaseEnds;
}

const OPTIONS: OptionNames<LeasesOptions> = {
  recheckSec: true,
  outageGraceSec: true,
  closeCodes: true,
};

const LINE = 'leases: { recheckSec: 30, outageGraceSec: 60 }';

/** Checks the option `leases` and decides every default. Throws {@link ConfigurationError} for a wrong option. */
export function resolveLeases(options: LeasesOptions = {}): ResolvedLeases {
  const {
    recheckSec = 30,
    outageGraceSec = 60,
    closeCodes = {},
  } = checkOptions('leases', options, OPTIONS, LINE);
  checkSeconds('recheckSec', recheckSec, { from: 5, to: 3_600 });
  checkSeconds('outageGraceSec', outageGraceSec, { from: 0, to: 86_400 });
  checkCloseCodes(closeCodes);
  return Object.freeze({
    recheckMs: recheckSec * 1_000,
    outageGraceMs: outageGraceSec * 1_000,
    ends: leaseEnds(closeCodes),
  });
}

function checkSeconds(
  name: string,
  value: unknown,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (typeof value === 'number' && value >= from && value <= to) return;
  throw new ConfigurationError(
    `leases.${name} must be a number of seconds from ${from} to ${to}. Write: ${LINE}`,
  );
}

function checkCloseCodes(closeCodes: LeaseCloseCodes): void {
  const names = Object.fromEntries(LEASE_END_CAUSES.map((cause) => [cause, true]));
  checkOptions('leases.closeCodes', closeCodes, names, 'closeCodes: { expired: 4401 }');
  if (Object.values(closeCodes).every(isCloseCode)) return;
  throw new ConfigurationError(
    'leases.closeCodes has a value that is not a close code of a WebSocket (RFC 6455 §7.4: 1000, 1001, 1008, 1011 to 1013, or 3000 to 4999). Write: closeCodes: { expired: 4401 }',
  );
}

/** The codes below 3000 that an application may send. The others are reserved for the protocol. */
const SENDABLE: readonly unknown[] = [1000, 1001, 1008, 1011, 1012, 1013];

function isCloseCode(code: unknown): boolean {
  if (SENDABLE.includes(code)) return true;
  return Number.isSafeInteger(code) && Number(code) >= 3_000 && Number(code) <= 4_999;
}
