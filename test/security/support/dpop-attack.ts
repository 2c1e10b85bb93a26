import type { AuthEvent, DpopOptions } from '@authly/core';
import type { ProofOptions } from '@authly/testing';
import { aBoundProof, aBoundToken } from '../../support/bound.ts';
import type { Framework } from '../../support/frameworks.ts';
import { listen } from '../../support/requests.ts';
import { aResourceServer } from '../../support/resource-servers.ts';
import { AUDIENCE, aClock, type FakeClock } from '../../support/tokens.ts';
import { type WireAnswer, type WireHeader, type WireRequest, wireTo } from './wire.ts';

/** A request with a proof, and what it must be answered: `accepted`, or the reason of its refusal. */
export interface DpopCase extends Omit<WireRequest, 'headers'> {
  readonly name: string;
  readonly answer: 'accepted' | string;
  /** Default: a good one. */
  readonly token?: string;
  /** How its proof differs from a good one for the request. */
  readonly proof?: Partial<ProofOptions>;
  /** In place of the header `DPoP`: none, several, anything. */
  readonly dpop?: readonly string[];
  /** In place of the header `Authorization`. */
  readonly authorization?: readonly string[];
  readonly headers?: readonly WireHeader[];
}

/** An API that bound tokens are sent to. */
export interface DpopTarget {
  readonly clock: FakeClock;
  readonly events: AuthEvent[];
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** Serves an API; every path that gets past `authenticate` is answered 404, but for `/`. */
export async function openDpopTarget(
  framework: Framework,
  dpop: DpopOptions,
  { optional = false }: { readonly optional?: boolean } = {},
): Promise<DpopTarget> {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const server = aResourceServer({ dpop, clock, onEvent: (event) => events.push(event) });
  const app = framework.createApp(
    ({ use, route }) => {
      use(framework.authenticate(server, { optional }));
      route('/', () => ({ ok: true }));
    },
    { trustProxy: true },
  );
  const running = await listen(app.listener);
  const wire = wireTo(Number(new URL(running.origin).port));
  return {
    clock,
    events,
    send: (request) => wire.send(request),
    close() {
      wire.close();
      running.close();
    },
  };
}

/** The request of a case: a good one, but for what the case says. */
export function requestOf(given: DpopCase): WireRequest {
  const { token = aBoundToken(), method = 'GET', target = '/', proof, dpop, authorization } = given;
  const url = `${AUDIENCE}${target.replace(/[?#].*$/, '')}`;
  const proofs = dpop ?? [aBoundProof(token, { method, url, ...proof })];
  const credentials = authorization ?? [`DPoP ${token}`];
  return {
    ...given,
    headers: [
      ...credentials.map((value): WireHeader => ['authorization', value]),
      ...proofs.map((value): WireHeader => ['dpop', value]),
      ...(given.headers ?? []),
    ],
  };
}
