import { randomUUID } from 'node:crypto';
import { createResourceServer } from '@authly/core';
import { authly } from '@authly/core/providers';
import { aProof, generateTestKey, type ProofOptions, testIssuer } from '@authly/testing';
import fc from 'fast-check';
import * as oauth from 'oauth4webapi';
import { afterAll, describe, expect, it } from 'vitest';

// oauth4webapi says of random proofs whether they hold; ours has to say the same, but for what is listed.

const API = 'https://api.example.com';
const PATH = '/orders';
const URL_OF_REQUEST = `${API}${PATH}`;
const issuer = testIssuer({ audience: API });
const server = createResourceServer({
  issuer: authly({ issuer: issuer.issuer, jwks: issuer.jwks }),
  audience: API,
  // The window of oauth4webapi, which cannot be set there.
  dpop: { mode: 'when-bound', maxAgeSec: 300, futureSec: 300 },
});
afterAll(() => server.close());

const keys = (['ES256', 'EdDSA', 'PS256', 'RS256'] as const).map((name) => generateTestKey(name));
const stranger = generateTestKey('ES256');

/**
 * How a proof departs from a good one. `stricter`: we refuse it and oauth4webapi does not. `wider`: the
 * other way round. Neither: both say the same.
 */
interface Departure {
  readonly name: string;
  readonly differs?: 'stricter' | 'wider';
  readonly change: (good: Good) => Partial<ProofOptions>;
}

interface Good {
  readonly key: (typeof keys)[number];
  readonly token: string;
}

const claims = (name: string, set: object, differs?: Departure['differs']): Departure => ({
  name,
  ...(differs && { differs }),
  change: () => ({ claims: { ...set } }),
});
const header = (name: string, set: object, differs?: Departure['differs']): Departure => ({
  name,
  ...(differs && { differs }),
  change: () => ({ header: { ...set } }),
});
const jwk = (name: string, set: object, differs?: Departure['differs']): Departure => ({
  name,
  ...(differs && { differs }),
  change: ({ key }) => ({ header: { jwk: { ...publicMembers(key), ...set } } }),
});
const now = () => Math.floor(Date.now() / 1_000);

/** One list for each thing that may be wrong: a random proof departs in at most one way of each. */
const DEPARTURES: Readonly<Record<string, readonly Departure[]>> = {
  method: [
    claims('another method', { htm: 'POST' }),
    claims('a method in lower case', { htm: 'get' }),
    claims('no method', { htm: undefined }),
    claims('a method that is a number', { htm: 1 }),
  ],
  url: [
    claims('a URL with a query', { htu: `${URL_OF_REQUEST}?a=1` }),
    claims('a URL with a fragment', { htu: `${URL_OF_REQUEST}#a` }),
    claims('a URL in capitals where case does not count', {
      htu: `HTTPS://API.example.COM${PATH}`,
    }),
    claims('a URL with the default port', { htu: `https://api.example.com:443${PATH}` }),
    claims('a URL with dot segments', { htu: `${API}/a/..${PATH}` }),
    claims('a URL with another port', { htu: `https://api.example.com:8443${PATH}` }),
    claims('a URL over http', { htu: `http://api.example.com${PATH}` }),
    claims('a URL with a slash at its end', { htu: `${URL_OF_REQUEST}/` }),
    claims('another path', { htu: `${API}/others` }),
    claims('a path in capitals', { htu: `${API}/ORDERS` }),
    claims('another host', { htu: `https://api.example.com.evil.example${PATH}` }),
    claims('a URL with a user', { htu: `https://user@api.example.com${PATH}` }),
    claims('a path alone', { htu: PATH }),
    claims('no URL', { htu: undefined }),
    // RFC 3986 §6.2.2.2: an escaped unreserved character is that character.
    claims('a URL with an escaped letter', { htu: `${API}/%6Frders` }, 'wider'),
    // What the URL parser of browsers mends is no URI (RFC 9449 §4.2).
    claims('a URL with backslashes', { htu: `https:\\\\api.example.com\\orders` }, 'stricter'),
    claims('a URL with a space before it', { htu: ` ${URL_OF_REQUEST}` }, 'stricter'),
    claims('a URL with a line break in it', { htu: `${API}/or\nders` }, 'stricter'),
  ],
  time: [
    { name: 'a proof of 250 seconds ago', change: () => ({ issuedInSec: -250 }) },
    { name: 'a proof of 400 seconds ago', change: () => ({ issuedInSec: -400 }) },
    { name: 'a proof of 250 seconds ahead', change: () => ({ issuedInSec: 250 }) },
    { name: 'a proof of 400 seconds ahead', change: () => ({ issuedInSec: 400 }) },
    claims('no time', { iat: undefined }),
    claims('a time as text', { iat: `${now()}` }),
    claims('a time with a fraction', { iat: now() + 0.5 }),
    { name: 'one that has expired', change: () => ({ claims: { exp: now() - 100 } }) },
    { name: 'one that expires later', change: () => ({ claims: { exp: now() + 1_000 } }) },
    { name: 'one for later', change: () => ({ claims: { nbf: now() + 1_000 } }) },
    claims('an expiry as text', { exp: 'soon' }),
    claims('a beginning as text', { nbf: 'soon' }),
  ],
  id: [
    claims('no id', { jti: undefined }),
    claims('an id that is a number', { jti: 7 }),
    {
      name: 'a long id',
      change: () => ({ claims: { jti: randomUUID().padEnd(500, 'a') } }),
    },
    claims('an id that is longer than we keep', { jti: 'a'.repeat(513) }, 'stricter'),
    claims('an id with a lone surrogate', { jti: 'a\ud800' }, 'stricter'),
  ],
  token: [
    claims('no hash of the token', { ath: undefined }),
    claims('the hash of another token', { ath: 'a'.repeat(43) }),
    claims('a hash with padding', { ath: `${'a'.repeat(43)}=` }),
  ],
  others: [
    claims('claims of its own', { sub: 'ada', iss: 'a client', extra: { a: [1] } }),
    claims('a nonce nobody asked for', { nonce: 'a' }),
    claims('a nonce that is a number', { nonce: 1 }, 'stricter'),
  ],
  type: [
    header('typ as a whole media type', { typ: 'application/dpop+jwt' }),
    header('typ in capitals', { typ: 'DPoP+JWT' }),
    header('typ of an access token', { typ: 'at+jwt' }),
    header('typ of a JWT', { typ: 'JWT' }),
    header('no typ', { typ: undefined }),
    header('critical extensions', { crit: ['exp'] }),
    header('unencoded payload', { b64: true }, 'stricter'),
    header('compression', { zip: 'DEF' }, 'stricter'),
  ],
  key: [
    jwk('a key with an id and a use', { kid: 'a', use: 'sig' }),
    jwk('a key for encryption', { use: 'enc' }, 'stricter'),
    jwk('a key for other operations', { key_ops: ['sign'] }, 'stricter'),
    jwk('a key with a secret member', { k: 'AAAA' }, 'stricter'),
    jwk('a key without type', { kty: undefined }),
    header('no key', { jwk: undefined }),
    header('a key as text', { jwk: 'key' }),
    { name: "a stranger's key", change: () => ({ key: stranger }) },
    { name: 'a private key', change: ({ key }) => ({ header: { jwk: key.privateJwk } }) },
  ],
  signature: [
    { name: "a stranger's signature", change: () => ({ signedBy: stranger }) },
    header('alg none', { alg: 'none' }),
    header('alg HS256', { alg: 'HS256' }),
    header('an alg of another kind of key', { alg: 'ES384' }),
  ],
};

const ALL = Object.values(DEPARTURES).flat();

function publicMembers({ publicJwk }: Good['key']): object {
  const { kid: _kid, alg: _alg, use: _use, ...members } = publicJwk;
  return members;
}

async function answers(key: Good['key'], departures: readonly Departure[]) {
  const token = issuer.aUserToken({}, { boundTo: key });
  const good = { key, token };
  const changes = departures.map(({ change }) => change(good));
  const proof = aProof({
    ...good,
    url: URL_OF_REQUEST,
    ...Object.assign({}, ...changes),
    claims: Object.assign({ jti: randomUUID() }, ...changes.map((each) => each.claims)),
    header: Object.assign({}, ...changes.map((each) => each.header)),
  });
  const headers = { authorization: `DPoP ${token}`, dpop: proof };
  return { ours: await ourAnswer(headers), theirs: await theirAnswer(headers) };
}

type Headers = Readonly<Record<string, string>>;

async function ourAnswer(headers: Headers): Promise<boolean> {
  const view = { method: 'GET', url: PATH, header: (name: string) => headers[name] };
  try {
    await server.authenticate(view);
    return true;
  } catch {
    return false;
  }
}

const metadata = { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` };
const options = {
  [oauth.customFetch]: async () => Response.json(issuer.jwks),
  [oauth.allowInsecureRequests]: true,
};

async function theirAnswer(headers: Headers): Promise<boolean> {
  const request = new Request(URL_OF_REQUEST, { headers });
  try {
    await oauth.validateJwtAccessToken(metadata, request, API, options);
    return true;
  } catch {
    return false;
  }
}

/** Mostly good ones: a proof with many faults says little. */
const randomProof = fc.record({
  key: fc.constantFrom(...keys),
  departures: fc
    .tuple(
      ...Object.values(DEPARTURES).map((list) =>
        fc.oneof(
          { weight: 7, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom(...list) },
        ),
      ),
    )
    .map((list) => list.filter((each) => each !== undefined)),
});

describe('oauth4webapi', () => {
  it.each(keys.map((key) => [key.algorithm, key] as const))(
    'accepts a good proof by %s, as we do',
    async (_, key) => {
      expect(await answers(key, [])).toEqual({ ours: true, theirs: true });
    },
  );

  it('decides as we do on random proofs, except for the listed differences', async () => {
    const seen = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(randomProof, async ({ key, departures }) => {
        const { ours, theirs } = await answers(key, departures);
        seen[ours ? 'accepted' : 'refused'] += 1;
        const differs = departures.map((each) => each.differs);
        if (differs.includes('stricter')) expect(ours).toBe(false);
        else if (differs.includes('wider')) expect(theirs).toBe(false);
        else expect(ours).toBe(theirs);
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50);
  });

  it.each(ALL.map((departure) => [departure.name, departure] as const))(
    'and we give the listed answers to a proof with only this difference: %s',
    async (_, departure) => {
      for (const key of keys.slice(0, 2)) {
        const { ours, theirs } = await answers(key, [departure]);
        const { differs } = departure;
        if (differs === undefined) expect(ours).toBe(theirs);
        else
          expect({ ours, theirs }).toEqual({
            ours: differs === 'wider',
            theirs: differs !== 'wider',
          });
      }
    },
  );
});
