import type { GrantKind } from './client-events.ts';

/** A request for one token: its grant type and parameters. */
export interface TokenGrant {
  readonly kind: GrantKind;
  /** `grant_type`. */
  readonly type: string;
  /** The other parameters that are sent. */
  readonly parameters: readonly (readonly [string, string])[];
  readonly subjectToken?: string | undefined;
}

/** The form of exchange that a server understands: see the option `exchange`. */
export type ExchangeDialect = 'standard' | 'keycloak' | 'auth0' | 'entra';

/** What every request of a source asks for. */
export interface Target {
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  /** Further parameters that this server wants. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** A request with the client credentials grant (RFC 6749 §4.4), with resource indicators (RFC 8707). */
export function clientCredentials(target: Target): TokenGrant {
  return {
    kind: 'client_credentials',
    type: 'client_credentials',
    parameters: [...resourcesOf(target), ...scopeOf(target), ...target.parameters],
  };
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * A request that exchanges a caller's token for one that says on whose behalf this service acts (RFC 8693
 * §2.1). Keycloak and Auth0 take the target as `audience` and do not know `resource`. Entra's on-behalf-of
 * flow is a JWT bearer grant (RFC 7523 §2.1) with `requested_token_use`.
 */
export function tokenExchange(
  dialect: ExchangeDialect,
  target: Target,
  subjectToken: string,
): TokenGrant {
  const { parameters } = target;
  if (dialect === 'entra') {
    return {
      kind: 'exchange',
      type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      parameters: [
        ['assertion', subjectToken],
        ['requested_token_use', 'on_behalf_of'],
        ...scopeOf(target),
        ...parameters,
      ],
      subjectToken,
    };
  }
  return {
    kind: 'exchange',
    type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    parameters: [
      ['subject_token', subjectToken],
      ['subject_token_type', ACCESS_TOKEN],
      ['requested_token_type', ACCESS_TOKEN],
      ...(dialect === 'standard' ? resourcesOf(target) : []),
      ...scopeOf(target),
      ...parameters,
    ],
    subjectToken,
  };
}

function resourcesOf({ resources }: Target): TokenGrant['parameters'] {
  return resources.map((resource) => ['resource', resource] as const);
}

function scopeOf({ scopes }: Target): TokenGrant['parameters'] {
  return scopes.length === 0 ? [] : [['scope', scopes.join(' ')]];
}
