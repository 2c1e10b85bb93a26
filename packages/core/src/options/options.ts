import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DpopMode, DpopOptions } from '../binding/dpop-options.ts';
import type { MtlsOptions } from '../binding/mtls-options.ts';
import type { IntrospectionOptions } from '../introspection/options.ts';
import type { Audience, IssuerEntry } from '../issuers/issuer-entry.ts';
import type { IssuerCacheOptions, IssuerResolver } from '../issuers/issuer-resolver.ts';
import type { KeyOptions } from '../keys/key-options.ts';
import type { LeasesOptions } from '../lease/lease-options.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventListener } from '../model/events.ts';
import type { Register } from '../model/principal.ts';
import type { TokenCacheOptions } from '../pipeline/token-cache.ts';
import type { AudienceProvider } from '../providers/provider.ts';
import type { RevocationOptions } from '../revocation/revocation-options.ts';
import type { KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import type { Algorithm } from '../token/algorithms.ts';

/** Limits for a single token. */
export interface TokenOptions {
  /**
   * Size of the largest accepted token. A larger one is refused with `token_too_large`. Bytes, 1,024 to 65,536. Default
   * 16,384. Node itself answers 431 when all headers together are larger than 16 KiB. For larger tokens, also raise that
   * limit: `http.createServer({ maxHeaderSize })` or `--max-http-header-size`.
   */
  readonly maxBytes?: number | undefined;
}

interface CommonOptions<Schema extends StandardSchemaV1 | undefined> {
  /** Accepted signature algorithms. Default: those of the issuer's preset, or else RS256, PS256, ES256 and EdDSA. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** Clock tolerance for `exp` and `nbf`, in seconds, 0 to 300. Default 5. */
  readonly clockToleranceSec?: number | undefined;
  /** Limits for a single token. */
  readonly token?: TokenOptions | undefined;
  /** The cache of verified tokens; `false` for no cache. */
  readonly cache?: TokenCacheOptions | false | undefined;
  /**
   * Whether signatures may be verified on a second thread. It is started only under load, when many new tokens come at
   * once, and only if there is more than one core. It takes about 20 MB of memory while it runs. Default `true`.
   */
  readonly signatureThread?: boolean | undefined;
  /**
   * A Standard Schema (zod, valibot, arktype) for the claims of tokens. It validates all claims of each token once, and
   * its output is `principal.claims`. A token that it does not accept is refused (`claims_rejected`).
   */
  readonly claims?: Schema | undefined;
  /**
   * Scopes that include other scopes: with `{ 'admin:users': ['read:users'] }`, a token with `admin:users` also meets
   * `scope('read:users')`. Included scopes may include others.
   */
  readonly scopeImplies?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * The resource identifier of this API (RFC 9728 §1.2): an absolute URL without fragment. Default: the audience, if
   * there is only one and it is such a URL.
   */
  readonly resource?: string | undefined;
  /** The `realm` of challenges (RFC 9110 §11.5). Default `api`. */
  readonly realm?: string | undefined;
  /**
   * Accepts access tokens that are bound to a key, with a DPoP proof (RFC 9449): `'when-bound'`,
   * `'required'`, or {@link DpopOptions}. Without it, such tokens are refused.
   */
  readonly dpop?: DpopMode | DpopOptions | undefined;
  /**
   * Accepts access tokens that are bound to a client certificate (mutual TLS, RFC 8705 §3):
   * `{ certificate: socketCertificate() }`, or {@link MtlsOptions}. Without it, such tokens are refused.
   */
  readonly mtls?: MtlsOptions | undefined;
  /** Refuses tokens that were revoked: {@link RevocationOptions}. Without it, tokens are accepted until they expire. */
  readonly revocation?: RevocationOptions | undefined;
  /** How open connections, such as WebSockets, are checked again: {@link LeasesOptions}. */
  readonly leases?: LeasesOptions | undefined;
  /** How keys are fetched and kept: {@link KeyOptions}. */
  readonly keys?: KeyOptions | undefined;
  /**
   * Hosts that may be asked over http for keys, metadata and introspection, besides loopback: names or addresses without
   * port, such as `['keycloak', '172.18.0.3']`. **Whoever can change the traffic to such a host decides which tokens are
   * accepted.** It does not apply to issuers that a resolver returns. It causes the event `config.http_allowed`.
   */
  readonly allowHttp?: readonly string[] | undefined;
  /** Where the last good keys are stored, so that a restarted process can verify tokens while the provider is down. */
  readonly keySnapshots?: KeySnapshotStore | undefined;
  /** The clock. Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Makes the requests for metadata, keys and introspection. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Receives every event. Events are also published on the `node:diagnostics_channel` channel `authly`. */
  readonly onEvent?: EventListener | undefined;
}

/** Options for an API that accepts tokens of one issuer. */
export interface SingleIssuerOptions<Schema extends StandardSchemaV1 | undefined = undefined>
  extends CommonOptions<Schema> {
  /** The result of a preset, such as `auth0('acme.eu.auth0.com')`. */
  readonly issuer: AudienceProvider;
  /** The identifier of this API at the issuer (`aud`). Tokens for other APIs are refused. */
  readonly audience: Audience;
  /** How opaque tokens of the issuer are introspected (RFC 7662). Without it, opaque tokens are refused. */
  readonly introspection?: IntrospectionOptions | undefined;
  readonly issuers?: never;
  readonly issuerCache?: never;
}

/** Options for an API that accepts tokens of one issuer, if `audience` is not needed as an option of its own. */
export interface CompleteIssuerOptions<Schema extends StandardSchemaV1 | undefined = undefined>
  extends CommonOptions<Schema> {
  /**
   * The result of a preset that has the audience as a member (`firebase('acme')`, `{ ...auth0('…'), audience }`), or that
   * checks something else in its place (`cognito({ …, clientIds })`).
   */
  readonly issuer: IssuerEntry;
  readonly audience?: never;
  /** How opaque tokens of the issuer are introspected (RFC 7662). Without it, opaque tokens are refused. */
  readonly introspection?: IntrospectionOptions | undefined;
  readonly issuers?: never;
  readonly issuerCache?: never;
}

/** Options for an API that accepts tokens of several issuers. Each has its own audience. */
export interface ManyIssuersOptions<Schema extends StandardSchemaV1 | undefined = undefined>
  extends CommonOptions<Schema> {
  /** Entries such as `{ ...auth0('…'), audience: '…' }`, or a resolver: a function that finds an entry by `iss`. */
  readonly issuers: readonly IssuerEntry[] | IssuerResolver;
  /** How the results of a resolver are cached. */
  readonly issuerCache?: IssuerCacheOptions | undefined;
  readonly issuer?: never;
  readonly audience?: never;
  /** Not here: each entry has its own `introspection`. */
  readonly introspection?: never;
}

/**
 * Requires that every resource server of the program has the claims schema that is declared in `Register`. With another
 * schema, or none, the types of principals would be wrong.
 */
export type RegisteredOptions = Register extends {
  claims: infer Schema extends StandardSchemaV1;
}
  ? { readonly claims: Schema }
  : unknown;

/** The options of `createResourceServer`, and of an adapter's `authenticate`. */
export type ResourceServerOptions<Schema extends StandardSchemaV1 | undefined = undefined> =
  RegisteredOptions &
    (SingleIssuerOptions<Schema> | CompleteIssuerOptions<Schema> | ManyIssuersOptions<Schema>);

/** {@link ResourceServerOptions} with any claims schema, or none. */
export type AnyResourceServerOptions = ResourceServerOptions<StandardSchemaV1 | undefined>;
