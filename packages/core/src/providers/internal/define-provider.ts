import type { JsonWebKeySet, KeySource } from '../../keys/key-set.ts';
import { ConfigurationError } from '../../model/errors.ts';
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
  /** Stands for the issuer in `principal.key` and in events; unique in a resource server. */
  readonly name?: string | undefined;
  /**
   * Makes the requests for this issuer's metadata and keys, in the place of the server's `fetch`: for a
   * certificate authority of its own, say. It must honor `signal` and `redirect: 'manual'`.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
};

/** What a preset states; name, audience policy and the operator's own keys are added here. */
export type ProviderStatement = Omit<AudienceProvider, 'audienceClaim' | 'name' | 'keys'> & {
  /** Where the provider has its keys; `undefined` where only the operator knows. */
  readonly keys: KeySource | undefined;
};

/** A frozen provider whose tokens carry `aud`. Throws `ConfigurationError` for bad key options. */
export function audienceProvider(
  statement: ProviderStatement,
  options: ProviderOptions,
): AudienceProvider {
  return Object.freeze({ ...completed(statement, options), audienceClaim: 'required' });
}

/**
 * A frozen provider whose tokens need no `aud`: the statement's `accepts` checks something in its
 * stead. Throws `ConfigurationError` for bad key options.
 */
export function audienceFreeProvider(
  statement: ProviderStatement & Required<Pick<ProviderStatement, 'accepts'>>,
  options: ProviderOptions,
): AudienceFreeProvider {
  const { accepts } = statement;
  return Object.freeze({ ...completed(statement, options), accepts, audienceClaim: 'absent' });
}

/** The options of a preset whose shortest form is its issuer. */
export function optionsOf<Options extends object>(
  preset: string,
  target: string | Options,
): Options | (ProviderOptions & { readonly issuer: string }) {
  return typeof target === 'string' ? { issuer: target } : checkOptions(preset, target);
}

/**
 * The options given back; throws `ConfigurationError` when there are none, as JavaScript allows.
 * `members` are those that the preset needs, as the message writes them.
 */
export function checkOptions<Options extends object>(
  preset: string,
  options: Options,
  members = "issuer: 'https://…'",
): Options {
  if (typeof options === 'object' && options !== null) return options;
  throw new ConfigurationError(
    `${preset}: options are missing, or are no object; write ${preset}({ ${members} })`,
  );
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
      `${preset}: where its keys are does not follow from the issuer; write jwksUri: 'https://…'`,
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
