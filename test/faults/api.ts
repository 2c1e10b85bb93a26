import {
  type AuthEvent,
  createResourceServer,
  isAuthError,
  type ResourceServer,
  type ResourceServerOptions,
} from '@authly/core';
import { admitRequest } from '@authly/core/adapter';
import { rfc9068 } from '@authly/core/providers';
import { onTestFinished } from 'vitest';
import { AUDIENCE, type IdentityProvider } from './identity-provider.ts';

/** The answer that a caller of the API gets. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly challenge: string | undefined;
}

/** An API in front of an identity provider, with a clock that the test sets. */
export interface Api {
  readonly server: ResourceServer;
  readonly clock: { now(): number; pass(ms: number): void };
  /** Sends a request with the token. `atOnce` says whether the answer came without a promise. */
  ask(token: string): Promise<Answer & { readonly atOnce: boolean }>;
  /** When each refresh began, by the API's clock. */
  readonly attempts: readonly number[];
  /** Resolves when no refresh is running. */
  idle(): Promise<void>;
  readonly events: readonly AuthEvent[];
}

type Options = Partial<Pick<ResourceServerOptions, 'keys' | 'cache' | 'keySnapshots' | 'clock'>>;

/** An API that accepts the provider's tokens. It is closed at the end of the test. */
export function anApi(provider: IdentityProvider, options: Options = {}): Api {
  let now = Date.now();
  const clock = {
    now: () => options.clock?.now() ?? now,
    pass: (ms: number) => {
      now += ms;
    },
  };
  const attempts: number[] = [];
  const events: AuthEvent[] = [];
  const landed: (() => void)[] = [];
  let inFlight = 0;

  const server = createResourceServer({
    issuer: rfc9068(provider.issuer),
    audience: AUDIENCE,
    ...options,
    // Requests can only wait for keys here.
    signatureThread: false,
    clock,
    // Each refresh begins with the first metadata URL, and ends with one of two events.
    fetch: (input, init) => {
      if (String(input).endsWith('/openid-configuration')) {
        attempts.push(clock.now());
        inFlight += 1;
      }
      return fetch(input, init);
    },
    onEvent(event) {
      events.push(event);
      if (event.type !== 'keys.refreshed' && event.type !== 'keys.refresh_failed') return;
      inFlight -= 1;
      for (const resolve of landed.splice(0)) resolve();
    },
  });
  onTestFinished(() => server.close());

  return {
    server,
    clock,
    attempts,
    events,
    async idle() {
      // After the decision to refresh, fetch is called some microtasks later.
      await new Promise((resolve) => setImmediate(resolve));
      while (inFlight > 0) await new Promise<void>((resolve) => landed.push(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    },
    async ask(token) {
      let pending: unknown;
      try {
        const view = {
          method: 'GET',
          url: '/',
          header: (name: string) => (name === 'authorization' ? `Bearer ${token}` : undefined),
        };
        pending = admitRequest({}, view, {
          resourceServer: server,
          optional: false,
          delegated: false,
        });
        const atOnce = !(pending instanceof Promise);
        await pending;
        return { status: 200, retryAfter: undefined, challenge: undefined, atOnce };
      } catch (error) {
        if (!isAuthError(error)) throw error;
        const { status, headers } = server.refusal(error);
        return {
          status,
          retryAfter: headers['retry-after'],
          challenge: headers['www-authenticate'],
          atOnce: pending === undefined,
        };
      }
    },
  };
}
