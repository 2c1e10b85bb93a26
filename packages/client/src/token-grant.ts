import type { GrantKind } from './client-events.ts';

/** How one token is asked for. */
export interface TokenGrant {
  readonly kind: GrantKind;
  /** `grant_type`. */
  readonly type: string;
  /** What is sent beside it. */
  readonly parameters: readonly (readonly [string, string])[];
  readonly subjectToken?: string | undefined;
}

/** How a server wants an exchange to be asked for: see the option `exchange`. */
export type ExchangeDialect = 'standard' | 'keycloak' | 'auth0' | 'entra';

/** What every request of a source says. */
export interface Target {
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  /** What else this server wants. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** RFC 6749 §4.4, with resource indicators (RFC 8707). */
export function clientCredentials(target: Target): TokenGrant {
  return {
    kind: 'client_credentials',
    type: 'client_credentials',
    parameters: [...resourcesOf(target), ...scopeOf(target), ...target.parameters],
  };
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * The exchange of a caller's token for one of this service's own that says for whom it acts (RFC 8693 §2.1).
 * Keycloak and Auth0 know the target as `audience`, and no `resource`. Entra's on-behalf-of flow is a JWT
 * bearer grant (RFC 7523 §2.1) with `requested_token_use`.
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
