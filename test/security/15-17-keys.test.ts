import { generateKeyPairSync } from 'node:crypto';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { aClock, aToken, encoded, NOW } from '../support/tokens.ts';
import { aTarget, expectRefusal } from './support/attack.ts';
import { es256, forger, JWKS_URI } from './support/keys.ts';
import { KEYS_UNAVAILABLE, type Refusal, SIGNATURE, UNKNOWN_KEY } from './support/refusals.ts';
import { wireTo } from './support/wire.ts';

const lasting = { exp: NOW + 86_400 };
const token = aToken(lasting);

/** A fetch that counts, and whose answer a test may change. */
function anEndpoint(keys: readonly unknown[] = [es256.publicJwk]) {
  const endpoint = {
    calls: 0,
    urls: new Set<string>(),
    answer: (): Response | Promise<Response> => Response.json({ keys }),
    fetch: async (url: unknown) => {
      endpoint.calls += 1;
      endpoint.urls.add(String(url));
      return endpoint.answer();
    },
  };
  return endpoint;
}

// Row 15: a flood of tokens that name keys nobody has.

describe.each(frameworks)('row 15: unknown keys in $name', (framework) => {
  it('300 made-up kids cost three fetches, and no honest request waits or is refused', async () => {
    const endpoint = anEndpoint();
    const target = await aTarget(framework, { options: { fetch: endpoint.fetch } });
    expect((await target.send({ token })).status).toBe(200);
    for (let index = 0; index < 300; index++) {
      const made = aToken({}, { key: forger, header: { kid: `made-up-${index}` } });
      expectRefusal(await target.send({ token: made }), UNKNOWN_KEY);
    }
    expect((await target.send({ token })).status).toBe(200);
    expect(endpoint.calls).toBe(1 + 3);
    expect([...endpoint.urls]).toEqual([JWKS_URI]);
    target.close();
  });

  it('a genuine new key is found within the cool-down, flood or not', async () => {
    const clock = aClock();
    const endpoint = anEndpoint();
    const target = await aTarget(framework, { options: { clock, fetch: endpoint.fetch } });
    await target.send({ token });
    for (const kid of ['made-up-1', 'made-up-2', 'made-up-3']) {
      await target.send({ token: aToken({}, { key: forger, header: { kid } }) });
    }
    const next = generateTestKey('ES256', 'key-next');
    endpoint.answer = () => Response.json({ keys: [es256.publicJwk, next.publicJwk] });
    clock.advanceSec(4);
    expectRefusal(await target.send({ token: aToken(lasting, { key: next }) }), UNKNOWN_KEY);
    clock.advanceSec(1);
    expect((await target.send({ token: aToken(lasting, { key: next }) })).status).toBe(200);
    expect(endpoint.calls).toBe(1 + 3 + 1);
    target.close();
  });
});

// Row 16: what an endpoint may publish by mistake, or by somebody's will.

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const weakKey = {
  kid: 'weak',
  algorithm: 'RS256' as const,
  privateKey: weak.privateKey,
  publicJwk: {
    ...weak.publicKey.export({ format: 'jwk' }),
    kid: 'weak',
    alg: 'RS256' as const,
    use: 'sig' as const,
  },
  privateJwk: {
    ...weak.privateKey.export({ format: 'jwk' }),
    kid: 'weak',
    alg: 'RS256' as const,
    use: 'sig' as const,
  },
};
const bad = generateTestKey('ES256', 'bad');

/** Poison beside the good key, a token that profits from it, and what that is answered. */
const poison: readonly (readonly [string, readonly unknown[], string, Refusal])[] = [
  ['a private key', [bad.privateJwk], aToken({}, { key: bad }), UNKNOWN_KEY],
  [
    'a key for encryption',
    [{ ...bad.publicJwk, use: 'enc' }],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  [
    'a key that only signs',
    [{ ...bad.publicJwk, key_ops: ['sign'] }],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  [
    'a key of another algorithm',
    [{ ...bad.publicJwk, alg: 'ES384' }],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  ['an RSA key of 1024 bits', [weakKey.publicJwk], aToken({}, { key: weakKey }), UNKNOWN_KEY],
  [
    'two keys of one name',
    [bad.publicJwk, generateTestKey('ES256', 'bad').publicJwk],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  [
    'a point off the curve',
    [{ ...bad.publicJwk, y: bad.publicJwk.x }],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  [
    'an RSA key with the exponent 1',
    [
      {
        kty: 'RSA',
        kid: 'one',
        alg: 'RS256',
        use: 'sig',
        n: Buffer.alloc(256, 0xff).toString('base64url'),
        e: 'AQ',
      },
    ],
    aToken({}, { key: bad, header: { kid: 'one', alg: 'RS256' } }),
    UNKNOWN_KEY,
  ],
  [
    'a symmetric key',
    [{ kty: 'oct', kid: 'bad', k: encoded('k'), alg: 'ES256' }],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  [
    'junk',
    [null, 1, 'x', [], {}, { keys: [bad.publicJwk] }, [bad.publicJwk]],
    aToken({}, { key: bad }),
    UNKNOWN_KEY,
  ],
  [
    'a private key under the name of the good one',
    [{ ...bad.privateJwk, kid: es256.kid }],
    aToken({}, { key: { ...bad, kid: es256.kid } }),
    SIGNATURE,
  ],
];

/** Answers that are no key set: nothing of them is used. */
const broken: readonly (readonly [string, () => Response | Promise<Response>])[] = [
  [
    'a redirect',
    () =>
      new Response(null, { status: 302, headers: { location: 'https://evil.example.com/jwks' } }),
  ],
  ['an error', () => Response.json({ keys: [bad.publicJwk] }, { status: 500 })],
  ['no content', () => new Response(null, { status: 204 })],
  ['partial content', () => Response.json({ keys: [bad.publicJwk] }, { status: 206 })],
  ['HTML', () => new Response('<html>')],
  ['a list', () => Response.json([bad.publicJwk])],
  ['keys that are no list', () => Response.json({ keys: { 0: bad.publicJwk } })],
  [
    'keys behind __proto__',
    () => new Response(`{"__proto__":{"keys":${JSON.stringify([bad.publicJwk])}}}`),
  ],
  ['an empty set', () => Response.json({ keys: [] })],
  [
    '512 KiB and a byte',
    () => new Response(`{"keys":[${JSON.stringify(bad.publicJwk)}]}`.padEnd(512 * 1024 + 1)),
  ],
  ['10,000 levels', () => new Response(`{"keys":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)],
  [
    'a key set in UTF-16',
    () => new Response(Buffer.from(JSON.stringify({ keys: [bad.publicJwk] }), 'utf16le')),
  ],
  ['an exception', () => Promise.reject(new Error('canary: connection refused'))],
];

describe.each(frameworks)('row 16: poisoned key sets in $name', (framework) => {
  it.each(poison)(
    '%s together with a good key: the attack is refused, and the good key works',
    async (_, entries, attack, answer) => {
      const endpoint = anEndpoint([...entries, es256.publicJwk]);
      const target = await aTarget(framework, { options: { fetch: endpoint.fetch } });
      expectRefusal(await target.send({ token: attack }), answer);
      expect((await target.send({ token })).status).toBe(200);
      target.close();
    },
  );

  it.each(broken)('%s at the start: 503, never 401, until a good set comes', async (_, answer) => {
    const clock = aClock();
    const endpoint = anEndpoint();
    const working = endpoint.answer;
    endpoint.answer = answer;
    const target = await aTarget(framework, { options: { clock, fetch: endpoint.fetch } });
    expectRefusal(await target.send({ token }), KEYS_UNAVAILABLE);
    expectRefusal(await target.send({ token: aToken({}, { key: bad }) }), KEYS_UNAVAILABLE);
    endpoint.answer = working;
    clock.advanceSec(60);
    expect((await target.send({ token })).status).toBe(200);
    expect([...endpoint.urls]).toEqual([JWKS_URI]);
    target.close();
  });

  it.each(broken)('%s later: the loaded keys stay in use', async (_, answer) => {
    const clock = aClock();
    const endpoint = anEndpoint();
    const target = await aTarget(framework, { options: { clock, fetch: endpoint.fetch } });
    await target.send({ token });
    endpoint.answer = answer;
    clock.advanceSec(3600);
    expect((await target.send({ token })).status).toBe(200);
    expect((await target.send({ token: aToken(lasting, { key: bad }) })).status).not.toBe(200);
    expect((await target.send({ token: aToken({ ...lasting, jti: 'x' }) })).status).toBe(200);
    expect([...endpoint.urls]).toEqual([JWKS_URI]);
    target.close();
  });
});

// Row 17: an outage of the identity provider is not the caller's fault.

describe.each(frameworks)('row 17: an outage in $name', (framework) => {
  const fails = () => Promise.reject(new Error('connection refused'));

  it('known keys are used for six hours beyond freshness; then 503; then it recovers', async () => {
    const clock = aClock();
    const endpoint = anEndpoint();
    const working = endpoint.answer;
    const target = await aTarget(framework, { options: { clock, fetch: endpoint.fetch } });
    await target.send({ token });
    endpoint.answer = fails;
    for (let hour = 0; hour < 6; hour++) {
      clock.advanceSec(3600);
      expect((await target.send({ token })).status).toBe(200);
    }
    clock.advanceSec(3600);
    expectRefusal(await target.send({ token }), KEYS_UNAVAILABLE);
    expectRefusal(await target.send({ token: aToken({}, { key: forger }) }), KEYS_UNAVAILABLE);
    endpoint.answer = working;
    clock.advanceSec(60);
    expect((await target.send({ token })).status).toBe(200);
    target.close();
  });

  it('a token that is bad with any keys is still 401', async () => {
    const endpoint = anEndpoint();
    endpoint.answer = fails;
    const target = await aTarget(framework, { options: { fetch: endpoint.fetch } });
    expect((await target.send({ token: 'x' })).status).toBe(401);
    expect((await target.send({ token: aToken({}, { header: { alg: 'none' } }) })).status).toBe(
      401,
    );
    expect((await target.send({ token: aToken({ iss: 'https://x' }) })).status).toBe(401);
    expect(endpoint.calls).toBe(0);
    target.close();
  });

  it('200 requests at once share one attempt, and each gets its answer', async () => {
    const endpoint = anEndpoint();
    let release: (response: Response) => void = () => {};
    endpoint.answer = () => new Promise((resolve) => (release = resolve));
    const targets = await aTarget(framework, { options: { fetch: endpoint.fetch } });
    const wires = Array.from({ length: 50 }, () => wireTo(targets.port));
    const answers = wires.map((wire) =>
      wire.send({ headers: [['authorization', `Bearer ${token}`]] }),
    );
    while (endpoint.calls === 0) await new Promise((resolve) => setImmediate(resolve));
    release(Response.json({ keys: [es256.publicJwk] }));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    expect(endpoint.calls).toBe(1);
    for (const wire of wires) wire.close();
    targets.close();
  });
});
