import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { IntrospectedRule, Provider } from '../providers/provider.ts';
import type { IntrospectionStore } from '../stores/introspection-store.ts';
import type { IntrospectionClient } from './client-authentication.ts';
import type {
  AskIntrospectionOptions,
  IntrospectionCacheOptions,
  IntrospectionOptions,
  JwtHandling,
} from './options.ts';

/** {@link IntrospectionCacheOptions}, checked and with every default decided. Times are in milliseconds. */
export interface ResolvedIntrospectionCache {
  readonly activeForMs: number;
  readonly inactiveForMs: number;
  readonly inactiveEntries: number;
  readonly shared:
    | { readonly store: IntrospectionStore; readonly secrets: readonly Uint8Array[] }
    | undefined;
}

/** {@link IntrospectionOptions}, checked and with every default decided. */
export interface ResolvedIntrospection {
  /** The preset's rule for answers: whether an answer is about an access token, and who is calling. */
  readonly rule: IntrospectedRule;
  readonly source:
    | { readonly kind: 'ask'; readonly ask: AskIntrospectionOptions['ask'] }
    | {
        readonly kind: 'endpoint';
        readonly client: IntrospectionClient;
        readonly endpoint: string | undefined;
        readonly signed: boolean;
      };
  readonly jwts: JwtHandling;
  readonly matches: ((token: string) => boolean) | undefined;
  readonly isAudienceRequired: boolean;
  readonly cache: ResolvedIntrospectionCache | undefined;
  readonly timeoutMs: number;
  readonly maxConcurrent: number;
}

const OPTIONS: OptionNames<IntrospectionOptions> = {
  client: true,
  ask: true,
  endpoint: true,
  jwts: true,
  matches: true,
  audience: true,
  signed: true,
  cache: true,
  timeoutMs: true,
  maxConcurrent: true,
};

const CACHE_OPTIONS: OptionNames<IntrospectionCacheOptions> = {
  activeForSec: true,
  inactiveForSec: true,
  inactiveEntries: true,
  store: true,
  secrets: true,
};

const LINE = "introspection: { client: clientSecretBasic('orders-api', process.env.SECRET ?? '') }";
/** As long as the output of SHA-256 (RFC 5869 §3.3). */
const MIN_SECRET_BYTES = 32;

/** Checks the introspection options of one issuer, and decides every default. Throws `ConfigurationError`. */
export function resolveIntrospection(
  provider: Provider,
  given: IntrospectionOptions,
): ResolvedIntrospection {
  const options = checkOptions('introspection', given, OPTIONS, LINE);
  const { matches, jwts = 'local', audience = 'required', cache = {} } = options;
  const rule = ruleOf(provider);
  if (matches !== undefined && typeof matches !== 'function') {
    throw new ConfigurationError(
      "introspection.matches must be a function of the token. Write: matches: (token) => token.startsWith('ory_at_')",
    );
  }
  oneOf('jwts', jwts, ['local', 'confirm', 'answer']);
  oneOf('audience', audience, ['required', 'trusted']);
  return Object.freeze({
    rule,
    source: Object.freeze(sourceOf(provider, rule, options)),
    jwts,
    matches,
    isAudienceRequired: audience === 'required',
    cache: cache === false ? undefined : cacheOf(cache),
    timeoutMs: numberOf('introspection', 'timeoutMs', options.timeoutMs, 3_000, 50, 60_000),
    maxConcurrent: wholeOf('introspection', 'maxConcurrent', options.maxConcurrent, 64, 10_000),
  });
}

function ruleOf({ preset, introspected, notIntrospected }: Provider): IntrospectedRule {
  if (introspected !== undefined) return introspected;
  if (notIntrospected !== undefined) {
    throw new ConfigurationError(`introspection with ${preset}: ${notIntrospected}`);
  }
  throw new ConfigurationError(
    `introspection: the preset ${preset} has no rule for answers, which says which ones are about access tokens, and whether a user or a machine is calling. ` +
      `Write a rule of your own: issuer: custom({ issuer: '…', classify, introspected: { accepts: (answer) => answer.token_type === 'Bearer', classify: (answer) => answer.kind === 'person' ? 'user' : answer.kind === 'service' ? 'client' : 'refuse' } })`,
  );
}

function sourceOf(
  { preset, issuer }: Provider,
  rule: IntrospectedRule,
  { client, ask, endpoint, signed = false }: IntrospectionOptions,
): ResolvedIntrospection['source'] {
  if (ask !== undefined) {
    if (client !== undefined || endpoint !== undefined || signed !== false) {
      throw new ConfigurationError(
        'introspection.ask replaces client, endpoint and signed, and cannot be combined with them. Write: introspection: { ask: (token, { signal }) => … }',
      );
    }
    if (typeof ask === 'function') return { kind: 'ask', ask };
    throw new ConfigurationError(
      'introspection.ask must be a function of the token. Write: ask: async (token, { signal }) => ({ active: false })',
    );
  }
  if (
    typeof client !== 'object' ||
    client === null ||
    typeof client.authentication !== 'function'
  ) {
    throw new ConfigurationError(
      `introspection.client must say how this API authenticates at ${issuer}. Write: ${LINE}`,
    );
  }
  if (typeof signed !== 'boolean') {
    throw new ConfigurationError('introspection.signed must be true or false. Write: signed: true');
  }
  if (signed && rule.signsAnswers === false) {
    throw new ConfigurationError(
      `introspection.signed: ${preset} never signs its answers (RFC 9701), so every token would be refused. Leave signed out`,
    );
  }
  if (client.method === 'none' && endpoint === undefined) {
    throw new ConfigurationError(
      "introspection: with anonymous(), endpoint is required, because no metadata names an endpoint without authentication. Write: { client: anonymous(), endpoint: 'https://hydra-admin.internal/admin/oauth2/introspect' }",
    );
  }
  return { kind: 'endpoint', client, endpoint, signed };
}

function cacheOf(given: IntrospectionCacheOptions): ResolvedIntrospectionCache {
  const owner = 'introspection.cache';
  const options = checkOptions(owner, given, CACHE_OPTIONS);
  const { activeForSec, inactiveForSec, inactiveEntries } = options;
  return Object.freeze({
    activeForMs: 1_000 * numberOf(owner, 'activeForSec', activeForSec, 30, 1, 3_600),
    inactiveForMs: 1_000 * numberOf(owner, 'inactiveForSec', inactiveForSec, 5, 1, 60),
    inactiveEntries: wholeOf(owner, 'inactiveEntries', inactiveEntries, 10_000, 1_000_000),
    shared: sharedOf(options),
  });
}

function sharedOf({
  store,
  secrets,
}: IntrospectionCacheOptions): ResolvedIntrospectionCache['shared'] {
  if (store === undefined && secrets === undefined) return undefined;
  const bytes = Array.isArray(secrets) ? secrets.map(bytesOf) : [];
  if (bytes.length === 0 || !bytes.every((each) => each.byteLength >= MIN_SECRET_BYTES)) {
    throw new ConfigurationError(
      `introspection.cache.secrets must be a list of secrets of ${MIN_SECRET_BYTES} bytes or more. Without a secret, everybody who can write to the store could log in as anybody. Write: cache: { store, secrets: [process.env.INTROSPECTION_SECRET ?? ''] }`,
    );
  }
  if (typeof store?.get !== 'function' || typeof store.set !== 'function') {
    throw new ConfigurationError(
      "introspection.cache.store must have get(id) and set(id, bytes, ttlMs). Write: cache: { store, secrets: [process.env.INTROSPECTION_SECRET ?? ''] }",
    );
  }
  return Object.freeze({ store, secrets: Object.freeze(bytes) });
}

function bytesOf(secret: unknown): Uint8Array {
  if (typeof secret === 'string') return Buffer.from(secret);
  return secret instanceof Uint8Array ? Uint8Array.from(secret) : new Uint8Array();
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.some((each) => each === value)) return;
  throw new ConfigurationError(
    `introspection.${name} must be one of ${allowed.map((each) => `'${each}'`).join(', ')}. Write: ${name}: '${allowed[0]}'`,
  );
}

function numberOf(
  owner: string,
  name: string,
  value: unknown,
  standard: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return standard;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new ConfigurationError(
    `${owner}.${name} must be a number from ${min} to ${max}. Write: ${name}: ${standard}`,
  );
}

function wholeOf(
  owner: string,
  name: string,
  value: unknown,
  standard: number,
  max: number,
): number {
  if (value === undefined) return standard;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) {
    return value;
  }
  throw new ConfigurationError(
    `${owner}.${name} must be a whole number from 1 to ${max}. Write: ${name}: ${standard}`,
  );
}
