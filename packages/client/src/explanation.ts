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
      `The metadata does not list ${names.join(' or ')}: it has ${methods.join(', ')}. Use one of those, or register ${clientId} for it`,
    );
  }
  if (origins.length === 0) {
    advice.push("No request can be sent with the token. Write: origins: ['https://…']");
  }
  if (last?.outcome === 'issued' && isResourceIgnored(target.resources, last.audience)) {
    advice.push(
      "The server ignores resource: aud of its token does not name it. Many such servers take parameters: { audience: '…' }",
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
  'The server has no token exchange of this kind, or not for this client: see the option exchange, and whether the server exchanges tokens at all';

const NO_TARGET =
  "The server has to be told which API the token is for. Write: resource: 'https://billing.acme.com', or what the server takes instead: parameters: { audience: '…' }";

const HINTS: Readonly<Record<string, string>> = {
  issuer_redirects:
    'The token endpoint redirects, mostly to a page for people: see that its address is right, with https and its slashes',
  answer_unusable:
    'The answer is no JSON object with an access token, a token_type of Bearer or DPoP, and an expires_in above zero: see that this is the token endpoint',
  not_exchanged:
    'The server gave the token of the caller back: name another target, and see that the option exchange fits the server',
  issuer_unreachable:
    'The token endpoint could not be reached from here: see its name, the network, and its certificate',
  issuer_timeout:
    'The server did not answer in time: see that it is reached from here, or raise timeoutMs',
  metadata_unavailable:
    'The metadata could not be read below issuer, at /.well-known/openid-configuration or /.well-known/oauth-authorization-server: see that it is reached from here; for a server without metadata write tokenEndpoint',
  credentials_unavailable:
    'What gives the secret, key or certificate failed, or took longer than timeoutMs: the cause of the error says more',
  unauthorized_client: 'The client is known, but not registered for this grant at the server',
  unsupported_grant_type:
    'The server has no client credentials grant, or not for this client: see that this is the right server',
  invalid_scope: 'A scope is unknown, or this client may not have it',
  invalid_target: 'The server does not know resource, or this client may not have tokens for it',
  client_refused:
    'Client id, secret or key are not those that the server has, or it wants another method. A server that does not form-decode the Authorization header wants clientSecretPost. For privateKeyJwt some servers want { audience: "token_endpoint" }',
  metadata_unusable:
    'See that issuer is the same to the letter as in the metadata, also a slash at its end; for a server without metadata write tokenEndpoint',
  not_bound: 'The server does not bind tokens: leave dpop out, or switch DPoP on for this client',
  subject_refused:
    'The token of the caller must be for this API, and this client must be allowed to exchange it',
};
