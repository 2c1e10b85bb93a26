import { isStringList, ownProperty } from '@authly/core/client';
import type { TokenType } from './access-token.ts';
import type { GrantKind } from './client-events.ts';
import type { TokenFailure } from './reasons.ts';
import type { ServerErrorCode } from './server-error-code.ts';
import type { ResolvedSourceOptions } from './source-options.ts';
import type { TokenEndpoint } from './token-endpoint.ts';
import type { Target } from './token-grant.ts';
import type { KeptToken } from './token-keeper.ts';
import type { TokenSourceError } from './token-source-error.ts';

/** The configuration of a token source, and the server's last answer. It contains no token and no secret. */
export interface Explanation {
  readonly issuer: string;
  readonly clientId: string;
  /**
   * How the client authenticates: the method's name in metadata, such as `client_secret_basic`, or
   * `workload`.
   */
  readonly method: string;
  /**
   * URL of the metadata document that names the token endpoint. `undefined` if the endpoint is configured or
   * not found yet.
   */
  readonly metadata: string | undefined;
  readonly tokenEndpoint: string | undefined;
  /** `token_endpoint_auth_methods_supported` of the metadata, if it has that list. */
  readonly methodsSupported: readonly string[] | undefined;
  readonly grantsSupported: readonly string[] | undefined;
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  /** Names of the additional parameters. Their values are not shown. */
  readonly parameters: readonly string[];
  readonly origins: readonly string[];
  readonly binding: 'none' | 'dpop';
  /** The last answer of the server, either to a request for the service's own token or to an exchange. */
  readonly last: LastAnswer | undefined;
  /** The service's own token, if it has one. */
  readonly token: ExplainedToken | undefined;
  /** What looks wrong. Each entry also says what to do. */
  readonly advice: readonly string[];
}

/** The last answer of the server: a token or a failure. */
export type LastAnswer =
  | {
      readonly outcome: 'issued';
      readonly grant: GrantKind;
      readonly type: TokenType;
      readonly expiresInSec: number | undefined;
      readonly scopes: readonly string[];
      /** `aud` of the token, if the token is a JWT. */
      readonly audience: readonly string[] | undefined;
    }
  | {
      readonly outcome: 'failed';
      readonly grant: GrantKind;
      readonly reason: TokenFailure;
      readonly message: string;
      readonly status: number | undefined;
      readonly error: ServerErrorCode | undefined;
      readonly code: string | undefined;
    };

type LastFailure = Extract<LastAnswer, { outcome: 'failed' }>;

/** Times of the kept token, in seconds from now. A negative number means that the time has passed. */
export interface ExplainedToken {
  readonly type: TokenType;
  readonly scopes: readonly string[];
  readonly refreshInSec: number;
  readonly unusableInSec: number;
}

/** What an explanation is made from. */
export interface ExplainedParts {
  readonly options: ResolvedSourceOptions;
  readonly endpoint: TokenEndpoint | undefined;
  readonly last: LastAnswer | undefined;
  readonly kept: KeptToken | undefined;
}

/** Makes the explanation. */
export function explanationOf({ options, endpoint, last, kept }: ExplainedParts): Explanation {
  const { client, target } = options;
  const list = (name: string) => {
    const value = endpoint && ownProperty(endpoint.metadata, name);
    return isStringList(value) ? value : undefined;
  };
  const stated = {
    methodsSupported: list('token_endpoint_auth_methods_supported'),
    grantsSupported: list('grant_types_supported'),
  };
  return Object.freeze({
    issuer: options.issuer,
    clientId: options.clientId,
    method: client.method,
    metadata: endpoint?.document,
    tokenEndpoint: endpoint?.url,
    ...stated,
    resources: target.resources,
    scopes: target.scopes,
    parameters: Object.freeze([...new Set(target.parameters.map(([name]) => name))]),
    origins: options.origins,
    binding: options.dpop ? 'dpop' : 'none',
    last,
    token: kept && explainedToken(kept, options.clock.monotonicMs()),
    advice: Object.freeze(adviceOf(options, stated.methodsSupported, last)),
  });
}

/** Describes a failure for {@link Explanation.last}. */
export function failedAnswer(error: TokenSourceError, grant: GrantKind): LastAnswer {
  const { reason, message, serverStatus: status, serverError, code } = error;
  return { outcome: 'failed', grant, reason, message, status, error: serverError, code };
}

function explainedToken({ token, times }: KeptToken, now: number): ExplainedToken {
  const seconds = (at: number) => Math.round((at - now) / 1_000);
  return {
    type: token.type,
    scopes: token.scopes,
    refreshInSec: seconds(times.refreshAt),
    unusableInSec: seconds(times.unusableAt),
  };
}

function adviceOf(
  { client, target, origins, clientId }: ResolvedSourceOptions,
  methods: readonly string[] | undefined,
  last: LastAnswer | undefined,
): readonly string[] {
  const advice: string[] = [];
  const { method } = client;
  // Metadata lists workload tokens and self-signed certificates under other names of methods.
  const names = NAMES_OF_METHOD[method] ?? [method];
  if (methods !== undefined && !names.some((name) => methods.includes(name))) {
    advice.push(
      `The server's metadata does not list the method ${names.join(' or ')}. It lists ${methods.join(', ')}. Authenticate with one of those, or allow ${names.join(' or ')} for ${clientId} at the server`,
    );
  }
  if (origins.length === 0) {
    advice.push(
      "source.fetch() can send the token nowhere, because no origin is configured. Write: origins: ['https://billing.acme.com']",
    );
  }
  if (last?.outcome === 'issued' && isResourceIgnored(target.resources, last.audience)) {
    advice.push(
      "The server ignores the option resource: aud of its token does not contain it. Many such servers take an audience instead. Write: parameters: { audience: 'https://billing.acme.com' }",
    );
  }
  if (last?.outcome === 'failed') {
    const hint = hintOf(last, target);
    if (hint !== undefined) advice.push(hint);
  }
  return advice;
}

/** What to do about a failure: the hint for the server's error code, or else the hint for the reason. */
function hintOf(
  { error, reason, grant }: LastFailure,
  { resources, parameters }: Target,
): string | undefined {
  if (error === 'unsupported_grant_type' && grant === 'exchange') return NO_EXCHANGE;
  const namesApi = resources.length > 0 || parameters.some(([name]) => name === 'audience');
  if (error === 'invalid_target' && !namesApi) return NO_TARGET;
  return (error && HINTS[error]) ?? HINTS[reason];
}

/** Whether the token has an audience that does not contain every requested resource. */
export function isResourceIgnored(
  resources: readonly string[],
  audience: readonly string[] | undefined,
): boolean {
  if (audience === undefined) return false;
  return !resources.every((resource) => audience.includes(resource));
}

const NAMES_OF_METHOD: Readonly<Record<string, readonly string[]>> = {
  workload: ['private_key_jwt'],
  tls_client_auth: ['tls_client_auth', 'self_signed_tls_client_auth'],
};

const NO_EXCHANGE =
  "The server does not support this form of token exchange, or does not allow it for this client. Check whether the server exchanges tokens at all, and write the form that it takes: exchange: 'standard', 'keycloak', 'auth0' or 'entra'";

const NO_TARGET =
  "The server must know which API the token is for. Write: resource: 'https://billing.acme.com', or for a server that takes an audience instead: parameters: { audience: 'https://billing.acme.com' }";

const HINTS: Readonly<Record<string, string>> = {
  issuer_redirects:
    'The token endpoint answers with a redirect, usually to a page for people. Check its address: https, and each slash',
  answer_unusable:
    'The answer must be a JSON object with an access_token, a token_type of Bearer or DPoP, and an expires_in above zero, if there is one. Check that this URL is the token endpoint',
  not_exchanged:
    'The server returned the token of the caller instead of a new one. Name another target, and check that the option exchange fits the server',
  issuer_unreachable:
    'The token endpoint could not be reached from here. Check its host name, the network, and its certificate',
  issuer_timeout:
    'The server did not answer within timeoutMs. Check that it can be reached from here, or write a longer limit: timeoutMs: 20_000',
  metadata_unavailable:
    "The server's metadata could not be read (/.well-known/openid-configuration and /.well-known/oauth-authorization-server of the issuer). Check that it can be reached from here. For a server without metadata, write: tokenEndpoint: 'https://as.acme.com/token'",
  credentials_unavailable:
    'The function that gives the secret, key or certificate failed, or took longer than timeoutMs. The cause of the error says more',
  unauthorized_client:
    'The server knows the client, but does not allow it to use this grant. Allow the grant for this client at the server',
  unsupported_grant_type:
    'The server does not support the client credentials grant, or does not allow it for this client. Check that this is the right server, and allow the grant there',
  invalid_scope:
    'The server does not know a scope, or this client may not have it. Check the option scope, and grant the scope at the server',
  invalid_target:
    'The server does not know the API in resource or audience, or this client may not have tokens for it. Register the API at the server, and allow this client to call it',
  client_refused:
    'The client id, the secret or the key is not the one that the server has, or the server wants another method. Use clientSecretPost for a server that does not form-decode the Authorization header. For privateKeyJwt, some servers need the option audience: "token_endpoint"',
  metadata_unusable:
    "The option issuer must be exactly the issuer in the server's metadata, including a slash at its end. For a server without metadata, write: tokenEndpoint: 'https://as.acme.com/token'",
  not_bound:
    'The server did not bind the token to a key. Switch DPoP on for this client at the server, or leave out the option dpop',
  subject_refused:
    'The server did not exchange the token of the caller. That token must be for this API, and this client must be allowed to exchange it',
};
