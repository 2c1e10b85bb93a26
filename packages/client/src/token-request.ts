import {
  type AuthenticateClient,
  loadOAuthLibrary,
  type OAuthLibrary,
  systemErrorCode,
} from '@authly/core/client';
import type { DpopProver, ProofHandle } from './dpop-prover.ts';
import type { IssuedToken } from './issued-token.ts';
import { readIssuedToken } from './read-issued-token.ts';
import type { ResolvedSourceOptions } from './source-options.ts';
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts';
import type { FindTokenEndpoint, TokenEndpoint } from './token-endpoint.ts';
import type { TokenGrant } from './token-grant.ts';
import { isTokenSourceError, TokenSourceError } from './token-source-error.ts';

/** Sends requests to the token endpoint. */
export interface TokenRequest {
  /**
   * Asks for one token, and repeats the request if the protocol wants that. Rejects with a
   * `TokenSourceError`.
   */
  send(grant: TokenGrant, signal: AbortSignal): Promise<IssuedToken>;
  /** Whether the credentials have changed since the server refused them. */
  hasNewCredentials(): Promise<boolean>;
}

/** What {@link createTokenRequest} needs. */
export interface TokenRequestContext {
  readonly options: ResolvedSourceOptions;
  readonly endpoint: FindTokenEndpoint;
  /** Makes the proofs if tokens are to be bound to a key. */
  readonly prover: DpopProver | undefined;
}

interface Refused {
  readonly answer: Extract<TokenAnswer, { kind: 'refused' }>;
  readonly nonce: string | null;
}

/**
 * Sends requests to the token endpoint. It follows no redirect and asks for JSON. It repeats a request at
 * most once for each of two causes. If the server wants a nonce (RFC 9449 §8), the request is sent again with
 * a new proof and a new client assertion. If the server does not accept this client, the secret is read
 * again, and the request is repeated if the secret has changed.
 */
export function createTokenRequest(context: TokenRequestContext): TokenRequest {
  const { options, endpoint, prover } = context;
  const { client, clock, target } = options;
  let refusedTag: string | undefined;

  async function credentials(): Promise<AuthenticateClient> {
    try {
      return await client.authentication(clock);
    } catch (cause) {
      throw new TokenSourceError('credentials_unavailable', { cause });
    }
  }

  async function once(
    grant: TokenGrant,
    at: TokenEndpoint,
    by: { readonly library: OAuthLibrary; readonly proofs: ProofHandle | undefined },
    authenticate: AuthenticateClient,
    signal: AbortSignal,
  ): Promise<IssuedToken | Refused> {
    const requestedAt = clock.monotonicMs();
    const response = await post(context, { grant, at, ...by, authenticate, signal });
    const answer = await readBody(response, clock.now(), signal);
    if (answer.kind === 'refused') return { answer, nonce: response.headers.get('dpop-nonce') };
    return readIssuedToken(answer.body, {
      isBound: prover !== undefined,
      scopes: target.scopes,
      subjectToken: grant.subjectToken,
      requestedAt,
    });
  }

  return {
    async send(grant, signal) {
      const library = await loadOAuthLibrary();
      const at = await endpoint.find(signal);
      const proofs = await prover?.handle(
        library,
        at.metadata['dpop_signing_alg_values_supported'],
      );
      let authenticate = await credentials();
      let isNonceTried = false;
      let isSecretTried = false;
      for (;;) {
        const result = await once(grant, at, { library, proofs }, authenticate, signal);
        if (!('answer' in result)) return result;
        const { answer, nonce } = result;
        if (answer.error === 'use_dpop_nonce') {
          if (isNonceTried || nonce === null || proofs === undefined) throw refusal(answer, grant);
          isNonceTried = true;
          continue;
        }
        const error = refusal(answer, grant);
        if (error.reason !== 'client_refused') throw error;
        refusedTag = authenticate.tag;
        if (isSecretTried || refusedTag === undefined) throw error;
        isSecretTried = true;
        const again = await credentials();
        if (again.tag === refusedTag) throw error;
        authenticate = again;
      }
    },
    async hasNewCredentials() {
      if (refusedTag === undefined) return false;
      try {
        return (await client.authentication(clock)).tag !== refusedTag;
      } catch {
        return false;
      }
    },
  };
}

interface Post {
  readonly grant: TokenGrant;
  readonly at: TokenEndpoint;
  readonly library: OAuthLibrary;
  readonly proofs: ProofHandle | undefined;
  readonly authenticate: AuthenticateClient;
  readonly signal: AbortSignal;
}

async function post({ options }: TokenRequestContext, request: Post): Promise<Response> {
  const { grant, at, library, proofs, authenticate, signal } = request;
  const { client, clientId, fetch, issuer } = options;
  const send = client.fetch ?? fetch;
  try {
    return await library.genericTokenEndpointRequest(
      { issuer, token_endpoint: at.url },
      { client_id: clientId },
      authenticating(authenticate),
      grant.type,
      grant.parameters.map(([name, value]) => [name, value]),
      {
        signal,
        ...(proofs && { DPoP: proofs }),
        [library.customFetch]: (url, init) => send(url, init as RequestInit),
        // The URL was checked before: http is allowed only on loopback and on hosts of allowHttp.
        [library.allowInsecureRequests]: true,
      },
    );
  } catch (error) {
    throw signal.aborted ? signal.reason : requestFailed(error);
  }
}

/** Turns an error that occurs while credentials are added to the request into `credentials_unavailable`. */
function authenticating(authenticate: AuthenticateClient): AuthenticateClient {
  return async (...request) => {
    try {
      await authenticate(...request);
    } catch (cause) {
      throw new TokenSourceError('credentials_unavailable', { cause });
    }
  };
}

function requestFailed(error: unknown): TokenSourceError {
  if (isTokenSourceError(error)) return error;
  return new TokenSourceError('issuer_unreachable', { code: systemErrorCode(error) });
}

async function readBody(
  response: Response,
  nowMs: number,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  try {
    return await readTokenAnswer(response, nowMs);
  } catch (error) {
    throw signal.aborted ? signal.reason : requestFailed(error);
  }
}

/**
 * Error codes that are about the caller's token in an exchange. With client credentials they are about the
 * request.
 */
const ABOUT_SUBJECT: ReadonlySet<string | undefined> = new Set([
  'invalid_request',
  'invalid_grant',
  'access_denied',
  'interaction_required',
  'consent_required',
  'login_required',
  'insufficient_user_authentication',
]);

function refusal({ status, error }: Refused['answer'], { kind }: TokenGrant): TokenSourceError {
  const facts = { serverStatus: status, serverError: error };
  // A 401 counts as a refused client, whatever its body says: the body may be empty, and Keycloak answers
  // unauthorized_client for a wrong secret.
  const isClientRefused = error === 'invalid_client' || (status === 401 && !isProofError(error));
  if (isClientRefused) return new TokenSourceError('client_refused', facts);
  const isSubjectRefused = kind === 'exchange' && ABOUT_SUBJECT.has(error);
  return new TokenSourceError(isSubjectRefused ? 'subject_refused' : 'request_refused', facts);
}

function isProofError(error: string | undefined): boolean {
  return error === 'use_dpop_nonce' || error === 'invalid_dpop_proof';
}
