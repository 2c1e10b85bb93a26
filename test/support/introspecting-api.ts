import type { AuthEvent, IntrospectionOptions, ResourceServer } from '@authly/core';
import { clientSecretBasic } from '@authly/core';
import { type AudienceProvider, oidcProvider } from '@authly/core/providers';
import { protectedApp } from './apps.ts';
import type { AppOptions, Framework } from './frameworks.ts';
import { anIntrospectionEndpoint, type IntrospectionEndpoint } from './introspection-endpoint.ts';
import { send } from './requests.ts';
import { aResourceServer } from './resource-servers.ts';
import { AUDIENCE, aClock, type FakeClock, jwks, NOW } from './tokens.ts';

/** Our own client at the authorization server. */
export const CLIENT_ID = 'orders-api';

/** A live access token of a user, as oidc-provider answers about it. */
export const ACTIVE_USER: Readonly<Record<string, unknown>> = Object.freeze({
  active: true,
  sub: 'dana',
  client_id: 'web-app',
  exp: NOW + 600,
  iat: NOW,
  aud: AUDIENCE,
  scope: 'parcels:read',
  token_type: 'Bearer',
});

/** The same without some members. */
export function without(...names: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = Object.entries(ACTIVE_USER).filter(([name]) => !names.includes(name));
  return Object.fromEntries(entries);
}

/** An API that introspects, and the endpoint that it asks. */
export interface IntrospectingApi {
  readonly endpoint: IntrospectionEndpoint;
  readonly clock: FakeClock;
  readonly events: readonly AuthEvent[];
  readonly server: ResourceServer<unknown>;
  /** Sends a request with a token. */
  call(
    token: string,
    scheme?: string,
  ): Promise<{
    readonly status: number;
    readonly challenge: string;
    readonly body: unknown;
    readonly retryAfter: string | undefined;
  }>;
  /** Causes of `introspection.failed`, and `recovered`, in order. */
  told(): readonly string[];
  /** The reasons of refusals, in order. */
  reasons(): readonly string[];
}

/** How the API differs from the plainest one. */
export interface IntrospectingApiOptions extends AppOptions {
  readonly introspection?: Partial<IntrospectionOptions>;
  /** The issuer's preset, by the issuer of the endpoint. */
  readonly issuer?: (issuer: string) => AudienceProvider;
  readonly options?: object;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Starts an API whose one route tells the principal. */
export async function anIntrospectingApi(
  framework: Framework,
  given: IntrospectingApiOptions = {},
): Promise<IntrospectingApi> {
  const { introspection = {}, issuer = preset, options = {}, metadata } = given;
  const endpoint = await anIntrospectionEndpoint(metadata);
  const clock = aClock();
  const events: AuthEvent[] = [];
  const server = aResourceServer({
    issuer: issuer(endpoint.issuer),
    audience: AUDIENCE,
    introspection: {
      client: clientSecretBasic(CLIENT_ID, 'a secret: with /signs'),
      ...introspection,
    } as IntrospectionOptions,
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const app = protectedApp(framework, { server });
  return {
    endpoint,
    clock,
    events,
    server,
    async call(token, scheme = 'Bearer') {
      const answer = await send(app, { headers: { authorization: `${scheme} ${token}` } });
      return {
        status: answer.status,
        challenge: answer.headers['www-authenticate'] ?? '',
        body: answer.body,
        retryAfter: answer.headers['retry-after'],
      };
    },
    told: () =>
      events.flatMap((event) => {
        if (event.type === 'introspection.failed') return [event.cause];
        return event.type.startsWith('introspection.') ? [event.type] : [];
      }),
    reasons: () =>
      events.flatMap((event) => (event.type === 'request.refused' ? [event.reason] : [])),
  };
}

function preset(issuer: string): AudienceProvider {
  return oidcProvider({ issuer, jwks, subjectNamespaces: 'disjoint' });
}
