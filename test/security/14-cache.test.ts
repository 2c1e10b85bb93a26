import { type AnyResourceServerOptions, type AuthEvent, createResourceServer } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClock, aToken, encoded, ISSUER, NOW, segmentsOf } from '../support/tokens.ts';
import { aTarget, expectRefusal, type Target } from './support/attack.ts';
import { es256, JWKS_URI } from './support/keys.ts';
import {
  AUDIENCE_MISMATCH,
  EXPIRED,
  NOT_YET_VALID,
  SIGNATURE,
  UNKNOWN_KEY,
} from './support/refusals.ts';

// Row 14: what is remembered of a good token must not make a bad one good.

function cachedOf(target: Target): readonly (boolean | undefined)[] {
  return target.events.flatMap((event) =>
    event.type === 'request.authenticated' ? [event.cached] : [],
  );
}

const other = generateTestKey('ES256', 'key-new');

describe.each(frameworks)('row 14: the cache of verified tokens in $name', (framework) => {
  it('never accepts a token after its exp', async () => {
    const clock = aClock();
    const target = await aTarget(framework, { options: { clock } });
    const token = aToken({ exp: NOW + 60 });
    await target.send({ token });
    clock.set((NOW + 64) * 1000);
    expect((await target.send({ token })).status).toBe(200);
    expect(cachedOf(target)).toEqual([false, true]);
    clock.set((NOW + 65) * 1000);
    expectRefusal(await target.send({ token }), EXPIRED);
    target.close();
  });

  it('does not forget nbf when the clock is set back', async () => {
    const clock = aClock();
    const target = await aTarget(framework, { options: { clock } });
    const token = aToken({ nbf: NOW });
    expect((await target.send({ token })).status).toBe(200);
    clock.set((NOW - 60) * 1000);
    expectRefusal(await target.send({ token }), NOT_YET_VALID);
    clock.set(NOW * 1000);
    expect((await target.send({ token })).status).toBe(200);
    target.close();
  });

  it('never accepts a token whose key is gone from the new set', async () => {
    const clock = aClock();
    let published = [es256.publicJwk];
    const fetch = async () => Response.json({ keys: published });
    const target = await aTarget(framework, { options: { clock, fetch } });
    const token = aToken({ exp: NOW + 7200 });
    await target.send({ token });
    published = [other.publicJwk];
    clock.advanceSec(601);
    expectRefusal(await target.send({ token }), UNKNOWN_KEY);
    expect((await target.send({ token: aToken({ exp: NOW + 7200 }, { key: other }) })).status).toBe(
      200,
    );
    target.close();
  });

  it('never accepts a token whose key was replaced under the same kid', async () => {
    const clock = aClock();
    let published = [es256.publicJwk];
    const fetch = async () => Response.json({ keys: published });
    const target = await aTarget(framework, { options: { clock, fetch } });
    const token = aToken({ exp: NOW + 7200 });
    await target.send({ token });
    published = [{ ...other.publicJwk, kid: es256.kid }];
    clock.advanceSec(601);
    expectRefusal(await target.send({ token }), SIGNATURE);
    target.close();
  });

  it('a forged token with the same end as a good one is refused, before and after the good one', async () => {
    const target = await aTarget(framework);
    const token = aToken();
    const [header, , signature] = segmentsOf(token);
    const forged = `${header}.${encoded(JSON.stringify({ iss: ISSUER, sub: 'eve' }))}.${signature}`;
    expectRefusal(await target.send({ token: forged }), SIGNATURE);
    expect((await target.send({ token })).status).toBe(200);
    expectRefusal(await target.send({ token: forged }), SIGNATURE);
    const again = await target.send({ token });
    expect(JSON.parse(again.body).userId).toBe('ada');
    expect(cachedOf(target)).toEqual([false, true]);
    target.close();
  });

  it('a good token with text added or removed is refused', async () => {
    const target = await aTarget(framework);
    const token = aToken();
    await target.send({ token });
    for (const wrong of [
      `${token}A`,
      `A${token}`,
      `${token}.`,
      token.slice(0, -1),
      token.slice(1),
    ]) {
      expect((await target.send({ token: wrong })).status).toBe(401);
    }
    target.close();
  });

  it('belongs to one resource server: what one accepts, another may refuse', async () => {
    const one = await aTarget(framework);
    const two = await aTarget(framework, {
      options: {
        issuer: rfc9068({ issuer: ISSUER, jwksUri: JWKS_URI }),
        audience: 'https://two.example.com',
      },
    });
    const token = aToken();
    expect((await one.send({ token })).status).toBe(200);
    expectRefusal(await two.send({ token }), AUDIENCE_MISMATCH);
    expect((await one.send({ token })).status).toBe(200);
    one.close();
    two.close();
  });

  it('remembers no refusal: a token that was too early is accepted later', async () => {
    const clock = aClock();
    const target = await aTarget(framework, { options: { clock } });
    const token = aToken({ nbf: NOW + 60 });
    expectRefusal(await target.send({ token }), NOT_YET_VALID);
    clock.advanceSec(60);
    expect((await target.send({ token })).status).toBe(200);
    target.close();
  });
});

describe('row 14: the bounds of the cache', () => {
  function aServer(cache: AnyResourceServerOptions['cache'], events: AuthEvent[]) {
    return createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
      audience: AUDIENCE,
      clock: aClock(),
      onEvent: (event) => events.push(event),
      ...(cache === undefined ? {} : { cache }),
    });
  }

  function hits(events: readonly AuthEvent[]): readonly boolean[] {
    return events.flatMap((event) =>
      event.type === 'request.authenticated' ? [event.cached] : [],
    );
  }

  it('a flood of good tokens replaces entries, and takes no more memory', async () => {
    const events: AuthEvent[] = [];
    const server = aServer({ maxEntries: 2 }, events);
    const tokens = [1, 2, 3].map((jti) => aToken({ jti: String(jti) }));
    for (const token of [...tokens, ...tokens]) await server.verify(token);
    expect(hits(events)).toEqual([false, false, false, false, false, false]);
    server.close();
  });

  it('bad tokens take no memory at all, and replace no entry', async () => {
    const events: AuthEvent[] = [];
    const server = aServer({ maxEntries: 1 }, events);
    const token = aToken();
    await server.verify(token);
    for (let index = 0; index < 1_000; index++) {
      await expect(
        server.verify(`${token.slice(0, -4)}${String(index).padStart(4, '0')}`),
      ).rejects.toThrow();
    }
    await server.verify(token);
    expect(hits(events)).toEqual([false, true]);
    server.close();
  });

  it('close() forgets every token', async () => {
    const events: AuthEvent[] = [];
    const server = aServer(undefined, events);
    const token = aToken();
    await server.verify(token);
    server.close();
    await server.verify(token);
    expect(hits(events)).toEqual([false, false]);
  });
});
