import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isScopeToken } from '../lib/scope-token.ts';
import { ConfigurationError } from '../model/errors.ts';
import { refuseUndefined, show } from './arguments.ts';
import { describeNames } from './describe.ts';
import { NO_SCOPES, type Requirement, type Unmet } from './requirement.ts';

const USER_REQUIRED: Unmet = Object.freeze({ reason: 'user_required' });

/**
 * How far in the future a sign-in may lie, in seconds: the largest clock tolerance that can be
 * configured. A later `auth_time` is wrong (in milliseconds, for example), and would count as recent for ever.
 */
const FUTURE_TOLERANCE_SEC = 60;

const MS_PER_SEC = 1000;

/** Options of {@link authenticationContext}: at least one of `acr` and `maxAgeSec`. */
export interface AuthenticationContextOptions {
  /** Acceptable authentication context classes, best first; compared exactly with `acr`. */
  readonly acr?: string | readonly string[];
  /** Largest acceptable age of the sign-in (`auth_time`) in seconds; a whole number. */
  readonly maxAgeSec?: number;
  /** Whether machines, which never sign in, pass (`'allow'`) or not (`'refuse'`). */
  readonly clients: 'allow' | 'refuse';
}

const OPTIONS: OptionNames<AuthenticationContextOptions> = {
  acr: true,
  maxAgeSec: true,
  clients: true,
};

const OPTIONS_LINE = "authenticationContext({ maxAgeSec: 300, clients: 'refuse' })";

/**
 * How, and how long ago, the user signed in (RFC 9470). Unmet: `acr_insufficient`, or
 * `authentication_too_old` when `auth_time` is older than `maxAgeSec`, missing, or in the future;
 * the challenge names both as configured here (RFC 9470 §3). `user_required` for a machine, with
 * `clients: 'refuse'`.
 *
 * It trusts `acr` and `auth_time` of the issuer, knows no order of classes (list every class that is enough),
 * and does not check `amr`. Put both conditions into one requirement: of several in one `allOf` the challenge
 * names only the first that is not met.
 *
 * @throws ConfigurationError for options that are missing, unknown or malformed.
 */
export function authenticationContext(options: AuthenticationContextOptions): Requirement {
  checkOptions('authenticationContext()', options, OPTIONS, OPTIONS_LINE);
  const acrValues = acrArgument(options.acr);
  const maxAgeSec = maxAgeArgument(options.maxAgeSec);
  const clients = clientsArgument(options.clients);
  refuseUndefined('authenticationContext', options);
  if (acrValues === undefined && maxAgeSec === undefined) {
    throw new ConfigurationError(
      `authenticationContext() needs acr or maxAgeSec: write ${OPTIONS_LINE}`,
    );
  }
  const details = {
    ...(acrValues === undefined ? {} : { acrValues }),
    ...(maxAgeSec === undefined ? {} : { maxAgeSec }),
  };
  const insufficient: Unmet = Object.freeze({ reason: 'acr_insufficient', ...details });
  const tooOld: Unmet = Object.freeze({ reason: 'authentication_too_old', ...details });
  const forClients = clients === 'refuse' ? USER_REQUIRED : undefined;
  return Object.freeze<Requirement>({
    description: describeContext(acrValues, maxAgeSec, clients),
    scopes: NO_SCOPES,
    evaluate(principal, context) {
      if (principal.kind === 'client') return forClients;
      const { acr, time } = principal.authentication;
      if (acrValues !== undefined && (acr === undefined || !acrValues.includes(acr))) {
        return insufficient;
      }
      if (maxAgeSec !== undefined && !isRecent(time, maxAgeSec, context.now())) return tooOld;
      return undefined;
    },
  });
}

function isRecent(time: number | undefined, maxAgeSec: number, nowMs: number): boolean {
  if (time === undefined) return false;
  const ageSec = nowMs / MS_PER_SEC - time;
  // This form of the comparison is false for NaN.
  return ageSec <= maxAgeSec && ageSec >= -FUTURE_TOLERANCE_SEC;
}

function acrArgument(acr: unknown): readonly string[] | undefined {
  if (acr === undefined) return undefined;
  const values: readonly unknown[] = Array.isArray(acr) ? acr : [acr];
  // `acr_values` is a space-separated list in a quoted-string: each value must have the grammar of a scope.
  if (values.length > 0 && values.every(isScopeToken)) return Object.freeze([...new Set(values)]);
  throw new ConfigurationError(
    "authenticationContext(): acr must be one value without spaces, or a list of such: write acr: ['phr', 'phrh']",
  );
}

function maxAgeArgument(maxAgeSec: unknown): number | undefined {
  if (maxAgeSec === undefined) return undefined;
  if (typeof maxAgeSec === 'number' && Number.isSafeInteger(maxAgeSec) && maxAgeSec >= 0) {
    return maxAgeSec;
  }
  throw new ConfigurationError(
    `authenticationContext(): maxAgeSec must be a whole number of seconds, not ${typeof maxAgeSec === 'number' ? maxAgeSec : show(maxAgeSec)}: write maxAgeSec: 300`,
  );
}

function clientsArgument(clients: unknown): 'allow' | 'refuse' {
  if (clients === 'allow' || clients === 'refuse') return clients;
  throw new ConfigurationError(
    `authenticationContext(): clients must be 'allow' or 'refuse', not ${show(clients)}: write clients: 'refuse' to keep machines out`,
  );
}

function describeContext(
  acrValues: readonly string[] | undefined,
  maxAgeSec: number | undefined,
  clients: 'allow' | 'refuse',
): string {
  const ways: string[] = [];
  if (acrValues !== undefined) ways.push(`with ${describeNames('acr', acrValues, 'or')}`);
  if (maxAgeSec !== undefined) ways.push(`at most ${maxAgeSec} s ago`);
  const signIn = `user signed in ${ways.join(', ')}`;
  return clients === 'allow' ? `client or ${signIn}` : signIn;
}
