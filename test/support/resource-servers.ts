import {
  type AnyResourceServerOptions,
  type AuthEvent,
  createResourceServer,
  type ResourceServer,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { afterAll } from 'vitest';
import { AUDIENCE, aClock, ISSUER, issuer } from './tokens.ts';

const open: ResourceServer<unknown>[] = [];

afterAll(() => {
  for (const server of open.splice(0)) server.close();
});

/** A resource server that accepts the tokens of `tokens.ts`; closed after the file's tests. */
export function aResourceServer(
  options: Partial<AnyResourceServerOptions> = {},
): ResourceServer<unknown> {
  const defaults = {
    issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
    audience: AUDIENCE,
    clock: aClock(),
  };
  const merged =
    'issuers' in options ? { clock: aClock(), ...options } : { ...defaults, ...options };
  const server = createResourceServer(merged as AnyResourceServerOptions);
  open.push(server);
  return server;
}

/**
 * A listener that records the events about requests, and ignores those about keys and
 * configuration.
 */
export function noting(events: AuthEvent[]): (event: AuthEvent) => void {
  return (event) => {
    if (event.type.startsWith('request.')) events.push(event);
  };
}
