import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AnyResourceServerOptions,
  type AuthEvent,
  type CredentialSource,
  createResourceServer,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Framework,
  frameworks,
  type Middleware,
  type TestApp,
} from '../../support/frameworks.ts';
import { AUDIENCE, aClock, aToken, ISSUER } from '../../support/tokens.ts';
import { JWKS_URI, keys } from './keys.ts';
import type { Refusal } from './refusals.ts';
import { type WireAnswer, type WireRequest, wireTo } from './wire.ts';

/** One attack: a request, and what it must be answered. */
export interface Attack extends WireRequest {
  readonly name: string;
  /** Sent as `Authorization: Bearer …`, beside the headers. */
  readonly token?: string;
  readonly answer: Refusal;
}

/** How the API under attack differs from the plainest one. */
export interface TargetOptions {
  readonly options?: Partial<AnyResourceServerOptions>;
  readonly optional?: boolean;
  readonly credentials?: CredentialSource;
  /** What middleware before `authenticate` does to `headers` of Node's request. */
  readonly before?: (headers: Record<string, unknown>) => void;
  readonly guards?: (framework: Framework) => readonly Middleware[];
  /** The token of the honest caller. Default: a user's good one. */
  readonly honest?: string;
}

/** An API under attack, with everything watched that an attack must not touch. */
export interface Target {
  readonly port: number;
  /** URLs that were fetched. */
  readonly outbound: readonly string[];
  readonly events: readonly AuthEvent[];
  readonly app: TestApp;
  /** Sends a request. */
  send(request: WireRequest & { readonly token?: string }): Promise<WireAnswer>;
  close(): void;
}

/** Serves an API of the framework on loopback; its keys are loaded. */
export async function aTarget(
  framework: Framework,
  { options = {}, optional = false, credentials, before, guards = () => [] }: TargetOptions = {},
): Promise<Target> {
  const outbound: string[] = [];
  const events: AuthEvent[] = [];
  const defaults = {
    clock: aClock(),
    fetch: async (url: unknown) => {
      outbound.push(String(url));
      return Response.json({ keys: keys.map(({ publicJwk }) => publicJwk) });
    },
    onEvent: (event: AuthEvent) => events.push(event),
  };
  const single =
    'issuers' in options || 'issuer' in options
      ? {}
      : { issuer: rfc9068({ issuer: ISSUER, jwksUri: JWKS_URI }), audience: AUDIENCE };
  const merged = { ...defaults, ...single, ...options };
  const server = createResourceServer(merged as AnyResourceServerOptions);
  const guarded = framework.createApp(({ use, route }) => {
    use(framework.authenticate(server, { optional, credentials }));
    route('/', ...guards(framework), ({ carrier }) => framework.kit.findPrincipal(carrier) ?? null);
  });
  const app: TestApp = {
    faults: guarded.faults,
    listener: (request, response) => {
      before?.(request.headers);
      guarded.listener(request, response);
    },
  };
  const { port, close } = await serve(app);
  const wire = wireTo(port);
  return {
    port,
    outbound,
    events,
    app,
    send: ({ token, headers = [], ...rest }) => {
      const bearer = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const];
      return wire.send({ ...rest, headers: [...bearer, ...headers] });
    },
    close: () => {
      wire.close();
      close();
      server.close();
    },
  };
}

/** Serves an app on loopback, with room for headers far larger than any token may be. */
export async function serve(app: TestApp): Promise<{ port: number; close: () => void }> {
  const server: Server = createServer({ maxHeaderSize: 256 * 1024 }, app.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

/** In every framework: each attack gets its answer, and nobody else is harmed by it. */
export function underAttack(
  title: string,
  attacks: readonly Attack[],
  targetOptions: TargetOptions = {},
): void {
  describe.each(frameworks)(`${title} in $name`, (framework) => {
    let target: Target;
    beforeAll(async () => {
      target = await aTarget(framework, targetOptions);
      process.on('unhandledRejection', note);
    });
    afterAll(() => {
      process.off('unhandledRejection', note);
      target.close();
    });

    it.each(attacks)('$name', async ({ answer, name: _, ...request }) => {
      expectRefusal(await target.send(request), answer);
      await expectNoHarm(target, targetOptions.honest);
    });
  });
}

/** The answer is this refusal, to the byte. */
export function expectRefusal(actual: WireAnswer, expected: Refusal): void {
  const { status, error, description, challenge } = expected;
  expect(actual.status).toBe(status);
  expect(actual.headers['www-authenticate']).toBe(challenge);
  expect(actual.headers['cache-control']).toBe('no-store');
  expect(actual.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(actual.headers['retry-after'] === undefined).toBe(status !== 503);
  expect(actual.body).toBe(JSON.stringify({ error, error_description: description }));
}

/**
 * An honest request right after is let in, nothing was fetched but the configured key set (once at
 * first, up to three times for unknown kids), and no error went astray.
 */
export async function expectNoHarm(target: Target, honest: string = aToken()): Promise<void> {
  const answer = await target.send({ token: honest });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('"kind":');
  expect(target.outbound.every((url) => url === JWKS_URI)).toBe(true);
  expect(target.outbound.length).toBeLessThanOrEqual(1 + 3);
  expect(target.app.faults).toEqual([]);
  expect(unhandled).toEqual([]);
}

/** Collects rejections that nobody handles, for tests that cause exceptions on purpose. */
export function watchRejections(): readonly unknown[] {
  const seen: unknown[] = [];
  const listener = (reason: unknown) => seen.push(reason);
  beforeEach(() => {
    seen.length = 0;
    process.on('unhandledRejection', listener);
  });
  afterEach(() => {
    process.off('unhandledRejection', listener);
  });
  return seen;
}
