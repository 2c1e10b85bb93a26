import type { JsonWebKeySet, KeySource } from '../../keys/key-set.ts';
import { checkOptions, type OptionNames } from '../../lib/check-options.ts';
import { namesUnsetVariable } from '../../lib/unset-variable.ts';
import { ConfigurationError } from '../../model/errors.ts';
import { hasBrand } from '../../model/has-brand.ts';
import type { AudienceFreeProvider, AudienceProvider } from '../provider.ts';
import { checkUrl } from './issuer-url.ts';

/** Where the keys come from when not from the provider's own address: one of the two, or neither. */
export type KeysOption =
  | {
      /** The JWK set itself (RFC 7517 §5): nothing is fetched. */
      readonly jwks?: JsonWebKeySet | undefined;
      readonly jwksUri?: never;
    }
  | {
      readonly jwks?: never;
      /** Where the JWK set is; https, http on loopback and on hosts of `allowHttp` only. */
      readonly jwksUri?: string | undefined;
    };

/** What every preset accepts. */
export type ProviderOptions = KeysOption & {
  /**
   * Used instead of the issuer in `principal.key` and in events. Entries with the same name share their
   * callers: write the name for the old and the new issuer while one replaces the other.
   */
  readonly name?: string | undefined;
  /**
   * Makes the requests for this issuer's metadata and keys, instead of the server's `fetch`: for a
   * certificate authority of its own, say. It must honor `signal` and `redirect: 'manual'`.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
};

/** What a preset states; name, audience policy and the operator's own keys are added here. */
export type ProviderStatement = Omit<AudienceProvider, 'audienceClaim' | 'name' | 'keys'> & {
  /** Where the provider has its keys; `undefined` where only the operator knows. */
  readonly keys: KeySource | undefined;
};

// A registered symbol: another copy of this package knows it, and a spread copies it.
const AUDIENCE_FREE: unique symbol = Symbol.for('@authly/core:audience-free');

/** A frozen provider whose tokens carry `aud`. Throws `ConfigurationError` for bad key options. */
export function audienceProvider(
  statement: ProviderStatement,
  options: ProviderOptions,
): AudienceProvider {
  return Object.freeze({ ...completed(statement, options), audienceClaim: 'required' });
}

/**
 * A frozen provider whose tokens need no `aud`: the statement's `accepts` checks something else instead. Throws
 * `ConfigurationError` for bad key options.
 */
export function audienceFreeProvider(
  statement: ProviderStatement & Required<Pick<ProviderStatement, 'accepts'>>,
  options: ProviderOptions,
): AudienceFreeProvider {
  const { accepts } = statement;
  const provider = { ...completed(statement, options), accepts, audienceClaim: 'absent' } as const;
  return Object.freeze({ ...provider, [AUDIENCE_FREE]: true });
}

/**
 * Whether a preset for tokens without `aud` made this. A copy of another provider may only claim it, by
 * `audienceClaim: 'absent'`.
 */
export function isAudienceFree(provider: object): boolean {
  return hasBrand(provider, AUDIENCE_FREE);
}

/** The options that a preset has beside those that every preset has. */
export type OwnOptionNames<Options> = Omit<OptionNames<Options>, keyof typeof COMMON_OPTIONS>;

// TypeScript has a NoInfer of its own since 5.4, but applications compile our declarations with 5.0.
type NotInferred<T> = [T][T extends unknown ? 0 : never];

const COMMON_OPTIONS: OptionNames<ProviderOptions> = {
  name: true,
  jwks: true,
  jwksUri: true,
  fetch: true,
};

/** The options of a preset whose shortest form is its issuer. */
export function issuerOptions<Options extends ProviderOptions>(
  preset: string,
  target: string | Options,
  names: NotInferred<OwnOptionNames<Options>>,
): Options | (ProviderOptions & { readonly issuer: string }) {
  if (typeof target !== 'string') return presetOptions(preset, target, names);
  return presetOptions<ProviderOptions & { readonly issuer: string }>(
    preset,
    { issuer: target },
    { issuer: true },
  );
}

/**
 * The options of a provider that writes its issuer in more than one way, with one name for all: without a name,
 * a caller would have another `principal.key` for each way.
 */
export function namedAs<Options extends ProviderOptions>(name: string, options: Options): Options {
  return options.name === undefined ? { ...options, name } : options;
}

/**
 * Returns the options. Throws `ConfigurationError` when there are none (JavaScript allows that), for an unknown
 * option, and for a value that was made of a variable that is not set. `example` has the options that the
 * preset needs, as the message shows them.
 */
export function presetOptions<Options extends ProviderOptions>(
  preset: string,
  options: Options,
  names: NotInferred<OwnOptionNames<Options>>,
  example = "issuer: 'https://…'",
): Options {
  const known = { ...names, ...COMMON_OPTIONS };
  checkOptions(`${preset}()`, options, known, `${preset}({ ${example} })`);
  for (const [name, value] of Object.entries(options)) {
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.some((text) => typeof text === 'string' && namesUnsetVariable(text))) continue;
    throw new ConfigurationError(
      `${preset}: ${name} contains the word undefined or null, because a variable in it is not set; set the variable, and write ${preset}({ ${example} })`,
    );
  }
  return options;
}

/**
 * A list of ids that the operator must give, in which an id is looked up. Throws
 * `ConfigurationError`, with the line to write, for anything but a list of non-empty strings.
 */
export function idSet(
  preset: string,
  setting: string,
  ids: unknown,
  example: string,
): ReadonlySet<unknown> {
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string' && id !== '')) {
    return new Set(ids);
  }
  throw new ConfigurationError(
    `${preset}: ${setting} must be a list of non-empty strings; write ${setting}: ${example}`,
  );
}

/**
 * Throws `ConfigurationError` for a setting that is there but `undefined`, where leaving it out means
 * everybody: a look-up that found nothing must not let everybody in.
 */
export function refuseUndefined(
  preset: string,
  options: object,
  setting: string,
  example: string,
): void {
  if (!Object.hasOwn(options, setting) || Reflect.get(options, setting) !== undefined) return;
  throw new ConfigurationError(
    `${preset}: ${setting} is undefined, which would check nothing; write ${setting}: ${example}, or leave it out`,
  );
}

function completed(
  statement: ProviderStatement,
  options: ProviderOptions,
): Omit<AudienceProvider, 'audienceClaim'> {
  const { preset } = statement;
  const { name, fetch } = options;
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new ConfigurationError(`${preset}: name must be a non-empty string, or left out`);
  }
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new ConfigurationError(
      `${preset}: fetch must be a function like the global fetch; write fetch: nodeFetch({ ca }), or leave it out`,
    );
  }
  const keys = keySource(preset, options) ?? statement.keys;
  if (keys === undefined) {
    throw new ConfigurationError(
      `${preset}: the URL of its keys cannot be derived from the issuer; write jwksUri: 'https://…'`,
    );
  }
  return {
    ...statement,
    ...(name === undefined ? {} : { name }),
    ...(fetch === undefined ? {} : { fetch }),
    requiredClaims: Object.freeze([...statement.requiredClaims]),
    keys: Object.freeze(keys),
    authority: Object.freeze(statement.authority),
  };
}

function keySource(preset: string, { jwks, jwksUri }: ProviderOptions): KeySource | undefined {
  if (jwks !== undefined && jwksUri !== undefined) {
    throw new ConfigurationError(
      `${preset}: jwks and jwksUri exclude each other; write jwks: { keys: [...] } or jwksUri: 'https://…', not both`,
    );
  }
  if (jwksUri !== undefined) {
    return { kind: 'jwks', url: checkUrl(preset, 'jwksUri', jwksUri) };
  }
  if (jwks === undefined) return undefined;
  if (typeof jwks === 'string') {
    throw new ConfigurationError(
      `${preset}: jwks is text, not a JWK set; write jwks: { keys: [{ ...createPublicKey(pem).export({ format: 'jwk' }), kid: '…' }] }, with createPublicKey from node:crypto`,
    );
  }
  if (typeof jwks !== 'object' || jwks === null || !Array.isArray(jwks.keys)) {
    throw new ConfigurationError(`${preset}: jwks must be a JWK set; write jwks: { keys: [...] }`);
  }
  return { kind: 'static', jwks };
}
