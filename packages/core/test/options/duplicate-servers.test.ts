import { afterEach, describe, expect, it } from 'vitest';
import { AUDIENCE, ISSUER, jwks } from '../../../../test/support/tokens.ts';
import { resolveEntry } from '../../src/issuers/resolve-entry.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { noteResourceServer } from '../../src/options/duplicate-servers.ts';
import type { AnyResourceServerOptions } from '../../src/options/options.ts';
import { custom } from '../../src/providers/custom.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import type { ResourceServer } from '../../src/resource-server.ts';
import { aResourceServer } from '../resource-servers.ts';

const open: ResourceServer<unknown>[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** The events while a resource server is constructed. It is closed at the end of the test. */
function eventsOf(options: Partial<AnyResourceServerOptions> = {}): readonly AuthEvent[] {
  const events: AuthEvent[] = [];
  open.push(aResourceServer({ onEvent: (event) => events.push(event), ...options }));
  return events;
}

const DUPLICATE = { type: 'config.duplicate_resource_server', issuer: ISSUER };

describe('a second resource server', () => {
  it('with the same issuer and audience causes an event', () => {
    expect(eventsOf()).toEqual([]);
    expect(eventsOf()).toEqual([DUPLICATE]);
    expect(eventsOf()).toEqual([DUPLICATE]);
  });

  it('with another audience or issuer is not a duplicate', () => {
    eventsOf();
    expect(eventsOf({ audience: 'urn:other' })).toEqual([]);
    expect(eventsOf({ issuer: rfc9068({ issuer: `${ISSUER}/b`, jwks }) })).toEqual([]);
  });

  it('is also found in a list, each issuer separately', () => {
    eventsOf();
    const issuers = [
      { ...rfc9068({ issuer: `${ISSUER}/b`, jwks }), audience: AUDIENCE },
      { ...rfc9068({ issuer: ISSUER, jwks }), audience: AUDIENCE },
    ];
    expect(eventsOf({ issuers })).toEqual([DUPLICATE]);
  });

  it('is not a duplicate after the first was closed, even if that is closed several times', () => {
    eventsOf();
    eventsOf();
    open[0]?.close();
    open[0]?.close();
    expect(eventsOf()).toEqual([DUPLICATE]);
    for (const server of open.splice(0)) server.close();
    expect(eventsOf()).toEqual([]);
  });

  it('without an audience is not a duplicate of one with an audience', () => {
    const issuer = custom({
      issuer: ISSUER,
      jwks,
      classify: () => 'user',
      audienceClaim: 'absent',
      accepts: () => true,
    });
    eventsOf();
    expect(eventsOf({ issuer, audience: undefined } as never)).toEqual([]);
    expect(eventsOf({ issuer, audience: undefined } as never)).toEqual([DUPLICATE]);
  });

  it('with a resolver causes no event, because its issuers are not known', () => {
    eventsOf({ issuers: () => undefined });
    expect(eventsOf({ issuers: () => undefined })).toEqual([]);
  });
});

describe('resource servers that are made for each request', () => {
  const { provider, audience } = resolveEntry(
    rfc9068({ issuer: `${ISSUER}/per-request`, jwks }),
    AUDIENCE,
  );
  const events = createEventSink();

  it('cause one warning when ten are open, even if nobody listens', () => {
    const warnings: unknown[] = [];
    const warn = (...warning: readonly unknown[]) => warnings.push(warning);
    const make = () => noteResourceServer({ issuers: [{ provider, audience }], events }, warn);
    // Each one is closed, as in tests.
    for (let count = 0; count < 20; count++) make()();
    const opened = Array.from({ length: 9 }, make);
    expect(warnings).toEqual([]);
    for (let count = 0; count < 20; count++) opened.push(make());
    const text = expect.stringContaining(`10 resource servers for ${ISSUER}/per-request are open`);
    expect(warnings).toEqual([[text, 'AuthlyWarning']]);
    for (const forget of opened) forget();
  });
});
