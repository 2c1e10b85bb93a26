import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type ResolvedDpop, resolveDpop } from '../binding/dpop-options.ts';
import { type ResolvedMtls, resolveMtls } from '../binding/mtls-options.ts';
import type { IssuerEntry, ResolvedEntry } from '../issuers/issuer-entry.ts';
import type { IssuerCacheOptions, IssuerResolver } from '../issuers/issuer-resolver.ts';
import { resolveEntry } from '../issuers/resolve-entry.ts';
import { resolveAllowHttp } from '../keys/allow-http.ts';
import { type ResolvedKeyOptions, resolveKeyOptions } from '../keys/key-options.ts';
import { type ResolvedLeases, resolveLeases } from '../lease/lease-options.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { createEventSink, type EventSink } from '../lib/event-sink.ts';
import { SCRATCH_BYTES } from '../lib/shared-buffer.ts';
import { namesUnsetVariable } from '../lib/unset-variable.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { ResolvedTokenCacheOptions } from '../pipeline/token-cache.ts';
import { type ResolvedRevocation, resolveRevocation } from '../revocation/revocation-options.ts';
import type { KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import { ALGORITHMS, type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { MAX_TOKEN_LENGTH } from '../token/jws.ts';
import { checkRouting, type SingleIssuer, withIntrospection } from './introspecting-issuers.ts';
import type { ResourceServerOptions, TokenOptions } from './options.ts';

/** {@link ResourceServerOptions}, checked and with every default decided. */
export interface ResolvedOptions {
  readonly issuers: readonly ResolvedEntry[] | IssuerResolver;
  readonly issuerCache: Required<IssuerCacheOptions>;
  readonly algorithms: readonly Algorithm[] | undefined;
  readonly clockToleranceSec: number;
  readonly maxTokenBytes: number;
  readonly cache: ResolvedTokenCacheOptions | undefined;
  readonly signatureThread: boolean;
  readonly claims: StandardSchemaV1 | undefined;
  readonly scopeImplies: Readonly<Record<string, readonly string[]>>;
  readonly resource: string | undefined;
  readonly realm: string;
  readonly dpop: ResolvedDpop | undefined;
  readonly mtls: ResolvedMtls | undefined;
  readonly revocation: ResolvedRevocation | undefined;
  readonly leases: ResolvedLeases;
  readonly keys: ResolvedKeyOptions;
  readonly keySnapshots: KeySnapshotStore | undefined;
  readonly allowHttp: readonly string[];
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly events: EventSink;
}

const MAX_CLOCK_TOLERANCE_SEC = 300;
const MIN_TOKEN_BYTES = 1_024;
/** The largest time of a Node timer, in milliseconds. A timer with a larger one fires at once. */
const MAX_WHOLE_NUMBER = 2 ** 31 - 1;
const DEFAULT_CACHE: ResolvedTokenCacheOptions = { maxEntries: 10_000, maxBytes: 32 * 1024 * 1024 };
const DEFAULT_ISSUER_CACHE: Required<IssuerCacheOptions> = {
  maxIssuers: 1_000,
  foundForSec: 600,
  unknownForSec: 30,
  timeoutMs: 5_000,
};

const OPTIONS: OptionNames<ResourceServerOptions> = {
  issuer: true,
  issuers: true,
  introspection: true,
  audience: true,
  algorithms: true,
  clockToleranceSec: true,
  token: true,
  cache: true,
  signatureThread: true,
  claims: true,
  scopeImplies: true,
  resource: true,
  realm: true,
  dpop: true,
  mtls: true,
  revocation: true,
  leases: true,
  keys: true,
  keySnapshots: true,
  allowHttp: true,
  issuerCache: true,
  clock: true,
  fetch: true,
  onEvent: true,
};

/** The public functions that take the options of a resource server. */
export type OptionsTaker = 'createResourceServer' | 'authenticate';

/**
 * Checks the options of a resource server, and decides every default. Throws {@link ConfigurationError} for a wrong
 * option. `taker` is the function that was called with the options: errors name it.
 */
export function resolveOptions(
  options: ResourceServerOptions<StandardSchemaV1 | undefined>,
  taker: OptionsTaker = 'createResourceServer',
): ResolvedOptions {
  const line = `${taker}({ issuer: auth0('acme.eu.auth0.com'), audience: 'https://api.acme.com' })`;
  checkOptions(`${taker}()`, options, OPTIONS, line);
  const issuers = resolveIssuers(options);
  const { clockToleranceSec = 5, cache = DEFAULT_CACHE, signatureThread = true } = options;
  // The type is checked as well: the text '5' would pass the comparison, and `now + '5'` joins texts.
  if (
    typeof clockToleranceSec !== 'number' ||
    !(clockToleranceSec >= 0 && clockToleranceSec <= MAX_CLOCK_TOLERANCE_SEC)
  ) {
    throw new ConfigurationError(
      `clockToleranceSec must be a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE_SEC}. Write: clockToleranceSec: 5`,
    );
  }
  if (typeof signatureThread !== 'boolean') {
    throw new ConfigurationError(
      'signatureThread must be true or false. Write: signatureThread: false to verify on the calling thread alone',
    );
  }
  if (options.claims !== undefined && !isStandardSchema(options.claims)) {
    throw new ConfigurationError(
      'claims must be a Standard Schema. Write: claims: z.object({ tenant_id: z.string() })',
    );
  }
  const resource = resolveResource(options.resource, issuers);
  const clock = options.clock ?? systemClock;
  const events = createEventSink(options.onEvent);
  return Object.freeze({
    issuers,
    issuerCache: wholeNumbers('issuerCache', DEFAULT_ISSUER_CACHE, options.issuerCache),
    algorithms: resolveAlgorithms(options.algorithms),
    clockToleranceSec,
    maxTokenBytes: resolveTokenBytes(options.token),
    cache: cache === false ? undefined : wholeNumbers('cache', DEFAULT_CACHE, cache),
    signatureThread,
    claims: options.claims,
    scopeImplies: options.scopeImplies ?? {},
    resource,
    realm: resolveRealm(options.realm ?? 'api'),
    dpop: resolveDpop(options.dpop, { resource, clock, events }),
    mtls: resolveMtls(options.mtls),
    revocation: resolveRevocation(options.revocation, { clockToleranceSec, events }),
    leases: resolveLeases(options.leases),
    keys: resolveKeyOptions(options.keys),
    keySnapshots: options.keySnapshots,
    allowHttp: resolveAllowHttp(options.allowHttp),
    clock,
    fetch: options.fetch ?? currentFetch,
    events,
  });
}

/** Reads the global `fetch` on each call, because tests and tracing may replace it later. */
const currentFetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);

function resolveIssuers(
  options: ResourceServerOptions<StandardSchemaV1 | undefined>,
): readonly ResolvedEntry[] | IssuerResolver {
  if (options.issuers === undefined) {
    const issuer: SingleIssuer = options.issuer;
    return [resolveEntry(withIntrospection(issuer, options), options.audience ?? issuer?.audience)];
  }
  if ('issuer' in options && options.issuer !== undefined) {
    throw new ConfigurationError(
      "issuer and issuers exclude each other. Write: issuer: auth0('…'), audience: '…', or issuers: [{ ...auth0('…'), audience: '…' }]",
    );
  }
  if (options.audience !== undefined) {
    throw new ConfigurationError(
      "With issuers, each entry has its own audience. Write: issuers: [{ ...auth0('…'), audience: '…' }]",
    );
  }
  const introspection: unknown = options.introspection;
  if (introspection !== undefined) {
    throw new ConfigurationError(
      typeof options.issuers === 'function'
        ? 'introspection cannot be combined with a function in issuers, because an opaque token names no issuer that could be looked up. Write: issuers: [{ …, introspection: { client } }]'
        : 'With issuers, each entry has its own introspection. Write: issuers: [{ …, introspection: { client, matches } }]',
    );
  }
  if (typeof options.issuers === 'function') return options.issuers;
  if (!Array.isArray(options.issuers) || options.issuers.length === 0) {
    throw new ConfigurationError(
      "issuers must be a list of presets' results, or a function. Write: issuers: [{ ...auth0('…'), audience: '…' }]",
    );
  }
  const entries = options.issuers.map((entry: IssuerEntry) => resolveEntry(entry, entry?.audience));
  checkDistinct(entries);
  checkRouting(entries);
  return Object.freeze(entries);
}

/**
 * Checks that no two entries have the same `iss`. Two entries may have the same name only if both set `name`: the same
 * person at an old and a new issuer is then the same caller. An entry's name must not be the `iss` of another entry that
 * has no name.
 */
function checkDistinct(entries: readonly ResolvedEntry[]): void {
  const issuers = new Set<string>();
  const names = new Map<string, boolean>();
  for (const { provider } of entries) {
    const name = provider.name ?? provider.issuer;
    const isSaid = provider.name !== undefined;
    if (issuers.has(provider.issuer)) throw sharing(`iss ${provider.issuer}`);
    if (names.has(name) && !(isSaid && names.get(name) === true)) throw sharing(`name ${name}`);
    issuers.add(provider.issuer);
    names.set(name, isSaid);
  }
}

function sharing(label: string): ConfigurationError {
  return new ConfigurationError(
    `Two issuers share the ${label}. List each once, with a name of its own. Write: { ...auth0({ domain: '…', name: 'acme' }), audience: '…' }`,
  );
}

function resolveTokenBytes(token: TokenOptions | undefined): number {
  const { maxBytes } = wholeNumbers('token', { maxBytes: MAX_TOKEN_LENGTH }, token);
  if (maxBytes >= MIN_TOKEN_BYTES && maxBytes <= SCRATCH_BYTES) return maxBytes;
  throw new ConfigurationError(
    `token.maxBytes must be a whole number from ${MIN_TOKEN_BYTES} to ${SCRATCH_BYTES}. Write: token: { maxBytes: 32768 }, and http.createServer({ maxHeaderSize: 49152 }, app), because Node answers 431 when the headers are larger than its own limit`,
  );
}

function resolveAlgorithms(algorithms: unknown): readonly Algorithm[] | undefined {
  if (algorithms === undefined) return undefined;
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every(isAlgorithm)) {
    throw new ConfigurationError(
      `algorithms must be a list of ${ALGORITHMS.join(', ')}. Write: algorithms: ['${DEFAULT_ALGORITHMS.join("', '")}']`,
    );
  }
  return Object.freeze([...algorithms]);
}

function resolveResource(
  resource: unknown,
  issuers: readonly ResolvedEntry[] | IssuerResolver,
): string | undefined {
  if (resource !== undefined) {
    if (isResourceUrl(resource) && !namesUnsetVariable(resource)) return resource;
    throw new ConfigurationError(
      "resource must be an absolute https URL without fragment (RFC 9728). Write: resource: 'https://api.acme.com'",
    );
  }
  if (typeof issuers === 'function') return undefined;
  const audiences = new Set(issuers.flatMap((entry) => entry.audience ?? []));
  const [sole] = audiences;
  return audiences.size === 1 && isResourceUrl(sole) ? sole : undefined;
}

function isResourceUrl(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^https?:\/\//.test(value) &&
    !value.includes('#') &&
    URL.canParse(value)
  );
}

function resolveRealm(realm: unknown): string {
  if (typeof realm === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm)) return realm;
  throw new ConfigurationError("realm must be printable ASCII without quotes. Write: realm: 'api'");
}

function wholeNumbers<Options extends object>(
  name: string,
  defaults: Options,
  given: { readonly [Name in keyof Options]?: Options[Name] | undefined } = {},
): Options {
  checkOptions(name, given, defaults);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [member, value] of entries) {
    const isNumber = typeof value === 'number' && Number.isInteger(value);
    if (!(isNumber && value > 0 && value <= MAX_WHOLE_NUMBER)) {
      throw new ConfigurationError(
        `${name}.${member} must be a whole number from 1 to ${MAX_WHOLE_NUMBER}. ` +
          `Write: ${name}: { ${member}: ${Reflect.get(defaults, member)} }`,
      );
    }
  }
  return Object.freeze({ ...defaults, ...Object.fromEntries(entries) });
}

// A schema may also be a function (in arktype it is).
function isStandardSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return '~standard' in value;
}

function isAlgorithm(value: unknown): value is Algorithm {
  return (ALGORITHMS as readonly unknown[]).includes(value);
}
