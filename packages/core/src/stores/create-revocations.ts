import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { type Clock, epochSeconds, systemClock } from '../lib/clock.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { RevocationMark, RevocationMarkKey, RevocationStore } from './revocation-store.ts';
import { type RevocationTarget, revocationKeyOf } from './revocation-target.ts';
import type { Revocations, RevokeOptions } from './revocations.ts';

/** Where marks are kept: what {@link createRevocations} needs from a database or a memory. */
export interface RevocationKeeper extends Pick<RevocationStore, 'isRevoked' | 'subscribe'> {
  /**
   * Keeps a mark until its `keptUntil`, and gives the mark as it is now stored. If there is already a mark with the same
   * kind and id, the later `issuedBefore` and the later `keptUntil` of both are stored. This must be one atomic step for
   * all processes that share the keeper.
   *
   * `holder` says for whom the mark is made, if not for the application: see `RevokeOptions`. A keeper that is full for
   * one holder throws `new RevocationStoreFullError('holder')`.
   */
  keep(mark: RevocationMark, holder?: string): MaybePromise<RevocationMark>;
  /** Removes a mark, and says whether there was one. */
  drop(key: RevocationMarkKey): MaybePromise<boolean>;
  /** Gives every mark that is kept. */
  list(): MaybePromise<readonly RevocationMark[]>;
}

/** The options that every store of revocations has. */
export interface RevocationsOptions {
  /**
   * How long a mark is kept, in seconds: at least as long as any token lives, because a token that lives longer is
   * refused. A whole number from 1 to 315,360,000 (ten years). Default 86,400 (a day).
   */
  readonly retainSec?: number | undefined;
  /**
   * By how much the clocks of the machines may differ, in seconds: a whole number from 0 to 300. It must be at least the
   * `clockToleranceSec` of the resource servers that use the store. Default 5.
   */
  readonly toleranceSec?: number | undefined;
  /** The clock. Default: the machine's. If the resource server has a clock of its own, give the same one here. */
  readonly clock?: Clock | undefined;
}

const OPTIONS: OptionNames<RevocationsOptions> = {
  retainSec: true,
  toleranceSec: true,
  clock: true,
};
const REVOKE_OPTIONS: OptionNames<RevokeOptions> = { issuedBefore: true, holder: true };
const TOKEN_OPTIONS: OptionNames<Pick<RevokeOptions, 'holder'>> = { holder: true };

const DAY_SEC = 86_400;
const MAX_RETAIN_SEC = 10 * 365 * DAY_SEC;
const DEFAULT_TOLERANCE_SEC = 5;
const MAX_TOLERANCE_SEC = 300;
/** Limits how long a wrong clock, or a hostile sender of events, can lock somebody out. */
const MAX_AHEAD_SEC = 60;

/**
 * Makes a store of revocations from a keeper of marks: it has everything that does not depend on where marks are kept.
 * `owner` is the function that error messages name, such as `memoryRevocations()`.
 *
 * @throws ConfigurationError for an unknown option, or a number that is out of range.
 */
export function createRevocations(
  owner: string,
  keeper: RevocationKeeper,
  options: RevocationsOptions = {},
): Revocations {
  const {
    retainSec = DAY_SEC,
    toleranceSec = DEFAULT_TOLERANCE_SEC,
    clock = systemClock,
  } = checkOptions(owner, options, OPTIONS);
  checkRange(owner, { retainSec }, { from: 1, to: MAX_RETAIN_SEC, example: DAY_SEC });
  checkRange(owner, { toleranceSec }, { from: 0, to: MAX_TOLERANCE_SEC, example: 5 });

  async function revoke(
    target: RevocationTarget,
    revokeOptions: RevokeOptions = {},
  ): Promise<RevocationMark> {
    const { kind, id } = revocationKeyOf(target);
    const called = `revoke${kind.charAt(0).toUpperCase()}${kind.slice(1)}()`;
    const { issuedBefore, holder } = checkOptions(called, revokeOptions, REVOKE_OPTIONS);
    checkHolder(holder);
    const now = epochSeconds(clock);
    // The clock of the issuer, which writes `iat`, may be ahead of ours by `toleranceSec`.
    const ahead = now + toleranceSec;
    const reach = issuedBefore === undefined ? ahead : bounded(issuedBefore, now + MAX_AHEAD_SEC);
    return await keeper.keep(
      Object.freeze({
        // Members are written out, because an object that is made by a spread takes twice the memory.
        kind,
        id,
        issuedBefore: kind === 'token' ? undefined : Math.floor(reach),
        // An accepted token lives for at most `retainSec`, plus the tolerance of the server that verifies it. A token
        // without `iat` may have been issued at any time until now, so the mark is kept for that long from now on, even
        // if `issuedBefore` is in the past.
        keptUntil: Math.ceil(Math.max(ahead, reach)) + retainSec + Math.ceil(toleranceSec) + 1,
      }),
      holder,
    );
  }

  const { subscribe } = keeper;
  return Object.freeze<Revocations>({
    retainSec,
    toleranceSec,
    isRevoked: (token, askOptions) => keeper.isRevoked(token, askOptions),
    ...(subscribe && { subscribe: (listener) => subscribe.call(keeper, listener) }),
    revokeToken: async (target, tokenOptions = {}) =>
      await revoke(
        { ...target, kind: 'token' },
        checkOptions('revokeToken()', tokenOptions, TOKEN_OPTIONS),
      ),
    revokeSession: async (target, revokeOptions) =>
      await revoke({ ...target, kind: 'session' }, revokeOptions),
    revokeSubject: async (target, revokeOptions) =>
      await revoke({ ...target, kind: 'subject' }, revokeOptions),
    revokePrincipal: async (principalKey, revokeOptions) =>
      await revoke({ principalKey, kind: 'principal' }, revokeOptions),
    revokeClient: async (target, revokeOptions) =>
      await revoke({ ...target, kind: 'client' }, revokeOptions),
    revokeIssuer: async (target, revokeOptions) =>
      await revoke({ ...target, kind: 'issuer' }, revokeOptions),
    clear: async (mark) =>
      await keeper.drop('id' in mark ? { kind: mark.kind, id: mark.id } : revocationKeyOf(mark)),
    list: async () => await keeper.list(),
  });
}

function bounded(issuedBefore: unknown, latest: number): number {
  if (typeof issuedBefore === 'number' && Number.isFinite(issuedBefore)) {
    return Math.min(issuedBefore, latest);
  }
  throw new TypeError(
    'issuedBefore must be a number of seconds since the epoch. Write: { issuedBefore: 1_800_000_000 }',
  );
}

function checkHolder(holder: unknown): void {
  if (holder === undefined || (typeof holder === 'string' && holder !== '')) return;
  throw new TypeError(
    "holder must be a string that is not empty. It says for whom a mark is made. Write: { holder: 'https://idp.partner.com' }, or leave it out",
  );
}

function checkRange(
  owner: string,
  given: Readonly<Record<string, unknown>>,
  { from, to, example }: { readonly from: number; readonly to: number; readonly example: number },
): void {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= from && value <= to) {
      continue;
    }
    throw new ConfigurationError(
      `${owner}: ${name} must be a whole number of seconds from ${from} to ${to}. Write: ${name}: ${example}`,
    );
  }
}
