import { checkOptions, mustBe, type OptionNames } from '@authly/core';
import type { ClientAuthenticator, ClientCredentials } from './client-authentication.ts';
import type { Client } from './client-store.ts';
import type { IssuerEventListener } from './events.ts';
import type { IssuedToken } from './issued-token.ts';
import { audiencesOf, parseResource } from './resource.ts';
import { parseScope } from './scope.ts';
import type { TokenMinter } from './token-minter.ts';
import { isTokenRequestError, TokenRequestError } from './token-request-error.ts';

/** A request for a token in the client's own name (RFC 6749 §4.4.2). */
export interface ClientCredentialsRequest {
  readonly credentials: ClientCredentials;
  /** Requested scopes, separated by single spaces. Without it, the client gets all it may have. */
  readonly scope?: string | undefined;
  /** Requested resources (RFC 8707 §2). Without any, the client's only audience, or its default one. */
  readonly resources?: readonly string[];
}

/** Grants tokens to machines: the client credentials grant without the HTTP around it. */
export interface ClientCredentialsProvider {
  /**
   * Authenticates the client and gives it an access token, and nothing else: no refresh token, no
   * session (RFC 6749 §4.4.3).
   *
   * Checks: the credentials, that every requested scope is among the client's (`invalid_scope`),
   * and that every requested resource is among its audiences (`invalid_target`). All granted scopes count at
   * all granted audiences (RFC 9068 §5), so put the API's name into scopes when a client has several audiences.
   *
   * @throws TokenRequestError when the request is refused.
   * @throws IssuanceError when no valid token can be made from the client's registration.
   */
  grant(request: ClientCredentialsRequest): Promise<IssuedToken>;
}

/** What a provider is made from. */
export interface ClientCredentialsProviderOptions {
  readonly authenticate: ClientAuthenticator;
  readonly minter: TokenMinter;
  readonly report: IssuerEventListener;
}

const MEMBERS: OptionNames<ClientCredentialsRequest> = {
  credentials: mustBe.anObject(
    "credentials: { clientId, clientSecret, method: 'client_secret_basic' }",
  ),
  scope: mustBe.anyText("scope: 'read:users'"),
  resources: mustBe.listOfTexts("resources: ['https://api.acme.com']"),
};

/** A {@link ClientCredentialsProvider} for the clients of one store. */
export function createClientCredentialsProvider(
  options: ClientCredentialsProviderOptions,
): ClientCredentialsProvider {
  const { authenticate, minter, report } = options;
  return Object.freeze({
    async grant(request: ClientCredentialsRequest) {
      const { credentials, scope, resources = [] } = checkOptions('grant()', request, MEMBERS);
      let client: Client | undefined;
      try {
        client = await authenticate(credentials);
        const audience = grantAudience(resources, client);
        const scopes = grantScopes(scope, client);
        const { clientId, claims, accessTokenLifetimeSec: expiresInSec } = client;
        return await minter.client({
          clientId,
          audience,
          scopes,
          ...(claims !== undefined && { claims }),
          ...(expiresInSec !== undefined && { expiresInSec }),
        });
      } catch (error) {
        if (isTokenRequestError(error)) {
          const { code, reason } = error;
          const known = client !== undefined && { clientId: client.clientId };
          report({ type: 'token.refused', code, reason, ...known });
        }
        throw error;
      }
    },
  });
}

function grantScopes(requested: string | undefined, client: Client): readonly string[] {
  // RFC 6749 §3.3: a default for a request that names no scope.
  if (requested === undefined) return client.scopes;
  const scopes = parseScope(requested);
  if (scopes === undefined) throw new TokenRequestError('scope_malformed');
  if (!scopes.every((scope) => client.scopes.includes(scope))) {
    throw new TokenRequestError('scope_not_allowed');
  }
  return scopes;
}

function grantAudience(requested: readonly string[], client: Client): readonly string[] {
  if (requested.length === 0) {
    // RFC 8707 §2: a default for a request that names no resource.
    if (typeof client.defaultAudience === 'string') return [client.defaultAudience];
    if (client.audiences.length !== 1) throw new TokenRequestError('resource_missing');
    return client.audiences;
  }
  const resources = requested.map((resource) => {
    const normalForm = parseResource(resource);
    if (normalForm === undefined) throw new TokenRequestError('resource_malformed');
    return normalForm;
  });
  const audience = audiencesOf(resources, client.audiences);
  if (audience === undefined) throw new TokenRequestError('resource_not_allowed');
  return audience;
}
