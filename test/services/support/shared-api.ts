import type { AuthEvent, ResourceServer, RevocationOptions } from '@authly/core';
import { createResourceServer } from '@authly/core';
import { authly } from '@authly/core/providers';
import { type RedisStores, type RedisStoresOptions, redisStores } from '@authly/redis';
import { aProof, generateTestKey, testIssuer } from '@authly/testing';
import { protectedApp } from '../../support/apps.ts';
import type { Framework } from '../../support/frameworks.ts';
import { listen } from '../../support/requests.ts';
import type { OpenClient } from './redis-clients.ts';

const issuer = testIssuer();
const clientKey = generateTestKey('ES256');

/** The settings of an API. */
export interface SharedApiOptions {
  readonly framework: Framework;
  /** Opens a new client for each connection. */
  readonly connect: () => Promise<OpenClient>;
  readonly follow?: boolean;
  readonly stores?: Partial<RedisStoresOptions>;
  readonly onOutage?: RevocationOptions['onOutage'];
  /**
   * How long the API waits for a store. Default 5,000 milliseconds, which is enough on a busy
   * machine.
   */
  readonly timeoutMs?: number;
}

/** The result of a request. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

/**
 * One process of an API, as far as stores see it: a resource server with its own stores, over HTTP.
 */
export interface SharedApi {
  readonly stores: RedisStores;
  readonly events: readonly AuthEvent[];
  /** Sends a Bearer token. */
  send(token: string): Promise<Answer>;
  /** Sends a bound token with a proof. The proof is new, or one that `aProofFor` has made. */
  sendBound(token: string, proof?: string): Promise<Answer>;
  aProofFor(token: string): string;
  close(): void;
}

/** A token of a user, issued now. */
export function aSharedToken(sub = 'ada'): string {
  return issuer.aUserToken({ sub });
}

/** A token that is bound to the key of these tests, issued now. */
export function aSharedBoundToken(): string {
  return issuer.aUserToken({}, { boundTo: clientKey });
}

/** The URL in proofs. It is the same for every process of an API. */
const PUBLIC_URL = 'https://api.example.com';

export async function startSharedApi(options: SharedApiOptions): Promise<SharedApi> {
  const { framework, connect, follow = false, onOutage = 'refuse', timeoutMs = 5_000 } = options;
  const clients = [await connect()];
  const own = follow ? await connect() : undefined;
  if (own !== undefined) clients.push(own);
  const [first] = clients;
  const stores = redisStores({
    command: first?.command ?? (async () => null),
    prefix: 'api',
    timeoutMs,
    ...(own && { follow: { command: own.command } }),
    ...options.stores,
  });
  await stores.ready();
  const events: AuthEvent[] = [];
  const server: ResourceServer<unknown> = createResourceServer({
    issuer: authly({ issuer: issuer.issuer, jwks: issuer.jwks }),
    audience: issuer.audience,
    dpop: { publicUrls: PUBLIC_URL, replay: stores.replay },
    revocation: { store: stores.revocations, onOutage, timeoutMs },
    onEvent: (event) => {
      if (event.type.startsWith('store.')) events.push(event);
    },
  });
  const running = await listen(protectedApp(framework, { server }).listener);

  async function request(headers: Readonly<Record<string, string>>): Promise<Answer> {
    const startedAt = performance.now();
    const response = await fetch(running.origin, { headers });
    await response.arrayBuffer();
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      tookMs: performance.now() - startedAt,
    };
  }
  const aProofFor = (token: string) => aProof({ key: clientKey, url: `${PUBLIC_URL}/`, token });

  return {
    stores,
    events,
    send: (token) => request({ authorization: `Bearer ${token}` }),
    sendBound: (token, proof = aProofFor(token)) =>
      request({ authorization: `DPoP ${token}`, dpop: proof }),
    aProofFor,
    close() {
      running.close();
      server.close();
      stores.close();
      for (const client of clients) client.close();
    },
  };
}
