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

/** Bounds of a single token. */
export interface TokenOptions {
  /**
   * Longest token that is looked at; a longer one is refused with `token_too_large`. Bytes, 1,024 to
   * 65,536. Default 16,384. Node itself answers 431 where all headers together pass 16 KiB, unless
   * `http.createServer({ maxHeaderSize })` or `--max-http-header-size` says otherwise: raise both.
   */
  readonly maxBytes?: number | undefined;
}

interface CommonOptions<Schema extends StandardSchemaV1 | undefined> {
  /** Accepted algorithms. Default RS256, PS256, ES256, EdDSA, or what the issuer's preset states. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** Tolerance for `exp` and `nbf`, in seconds, 0 to 300. Default 5. */
  readonly clockToleranceSec?: number | undefined;
  /** Bounds of a single token. */
  readonly token?: TokenOptions | undefined;
  /** The verified-token cache; `false` for none. */
  readonly cache?: TokenCacheOptions | false | undefined;
  /**
   * Whether signatures may be verified on a thread of their own beside the calling one. It is started
   * only under load, when many tokens that were never seen before come at once, and where there is more
   * than one core; it takes about 20 MB while it lives. Default `true`.
   */
  readonly signatureThread?: boolean | undefined;
  /**
   * A Standard Schema (zod, valibot, arktype) for the token's claims, validated once for each token;
   * its output is `principal.claims`. It sees every claim; a failing one refuses the token.
   */
  readonly claims?: Schema | undefined;
  /** A scope that brings others: `{ 'admin:users': ['read:users'] }`. Transitive. */
  readonly scopeImplies?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * This API's resource identifier (RFC 9728 §1.2): an absolute URL without fragment. Defaults to
   * the sole audience when that is one.
   */
  readonly resource?: string | undefined;
  /** `realm` of challenges (RFC 9110 §11.5). Default `api`. */
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
  /** Refuses tokens that were revoked before they expire: {@link RevocationOptions}. Without it none are asked about. */
  readonly revocation?: RevocationOptions | undefined;
  /** How connections that outlive their request are watched: {@link LeasesOptions}. */
  readonly leases?: LeasesOptions | undefined;
  /** Life cycle of fetched keys. */
  readonly keys?: KeyOptions | undefined;
  /**
   * Hosts whose keys may be fetched over http, beside the machine itself: names or addresses without port,
   * such as `['keycloak', '172.18.0.3']`. Whoever can change what is sent on the way decides which tokens
   * are accepted. It does not apply to what a resolver returns. The event `config.http_allowed` tells of it.
   */
  readonly allowHttp?: readonly string[] | undefined;
  /** Where the last good key sets survive a restart. */
  readonly keySnapshots?: KeySnapshotStore | undefined;
  /** The time. Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Makes the requests for metadata and keys. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Told of everything that happens; also on the diagnostics channel `authly`. */
  readonly onEvent?: EventListener | undefined;
}

/** An API that accepts tokens of one issuer. */
export interface SingleIssuerOptions<Schema extends StandardSchemaV1 | undefined = undefined>
  extends CommonOptions<Schema> {
  /** A preset's result: `auth0('acme.eu.auth0.com')`. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the issuer; tokens for others are refused. */
  readonly audience: Audience;
  /** How the issuer's opaque tokens are introspected (RFC 7662). Without it they are refused. */
  readonly introspection?: IntrospectionOptions | undefined;
  readonly issuers?: never;
  readonly issuerCache?: never;
}

/** An API that accepts tokens of one issuer that needs no audience beside it. */
export interface CompleteIssuerOptions<Schema extends StandardSchemaV1 | undefined = undefined>
  extends CommonOptions<Schema> {
  /**
   * A preset's result that holds the audience itself (`firebase('acme')`, `{ ...auth0('…'), audience }`)
   * or checks something in its stead (`cognito({ …, clientIds })`).
   */
  readonly issuer: IssuerEntry;
  readonly audience?: never;
  /** How the issuer's opaque tokens are introspected (RFC 7662). Without it they are refused. */
  readonly introspection?: IntrospectionOptions | undefined;
  readonly issuers?: never;
  readonly issuerCache?: never;
}

/** An API that accepts tokens of several issuers, each with an audience of its own. */
export interface ManyIssuersOptions<Schema extends StandardSchemaV1 | undefined = undefined>
  extends CommonOptions<Schema> {
  /** Entries such as `{ ...auth0('…'), audience: '…' }`, or a function that finds one by `iss`. */
  readonly issuers: readonly IssuerEntry[] | IssuerResolver;
  /** Memory of a resolver function. */
  readonly issuerCache?: IssuerCacheOptions | undefined;
  readonly issuer?: never;
  readonly audience?: never;
  /** Each entry has its own. */
  readonly introspection?: never;
}

/**
 * What `Register` demands of every resource server of the program: the schema that is registered. Another
 * one, or none, would leave the principals' types untrue.
 */
export type RegisteredOptions = Register extends {
  claims: infer Schema extends StandardSchemaV1;
}
  ? { readonly claims: Schema }
  : unknown;

/** What a resource server is made from. */
export type ResourceServerOptions<Schema extends StandardSchemaV1 | undefined = undefined> =
  RegisteredOptions &
    (SingleIssuerOptions<Schema> | CompleteIssuerOptions<Schema> | ManyIssuersOptions<Schema>);

/** {@link ResourceServerOptions} with any claims schema, or none. */
export type AnyResourceServerOptions = ResourceServerOptions<StandardSchemaV1 | undefined>;
