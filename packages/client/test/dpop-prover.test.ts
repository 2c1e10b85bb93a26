import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  API,
  aSource,
  challenge,
  ISSUER,
  issued,
  NOW_MS,
  type Received,
  refused,
} from './fixtures.ts';

const URL_OF_ORDERS = `${API}/orders?page=2#top`;

/** A proof that is signed with the key in its header. */
async function proofOf({ headers }: Received) {
  const proof = headers.get('dpop') ?? '';
  const [encoded = ''] = proof.split('.');
  const header: { jwk: JWK; alg: string; typ: string } = JSON.parse(
    Buffer.from(encoded, 'base64url').toString(),
  );
  const { payload } = await compactVerify(proof, header.jwk);
  return { header, claims: JSON.parse(Buffer.from(payload).toString()) };
}

function aBoundSource(options = {}) {
  const setUp = aSource({ dpop: true, ...options });
  setUp.server.onToken = (_request, count) => issued(`token-${count}`, { token_type: 'DPoP' });
  return setUp;
}

const withNonce = (status: number, nonce: string | undefined) =>
  refused(status, 'use_dpop_nonce', nonce === undefined ? {} : { 'dpop-nonce': nonce });

describe('a bound token', () => {
  it('[RFC9449-4.2-a] [RFC9449-4.2-b] [RFC9449-5-a] [RFC9449-7.1-c] is asked for and used with proofs by one key', async () => {
    const { source, server, events } = aBoundSource();
    await source.fetch(URL_OF_ORDERS, { method: 'post', headers: { 'x-id': '7' }, body: 'x' });
    const [atServer, atApi] = [server.tokenRequests[0], server.apiRequests[0]];
    if (atServer === undefined || atApi === undefined) throw new Error('nothing was sent');
    const [first, second] = [await proofOf(atServer), await proofOf(atApi)];
    expect(first.header).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256' });
    expect(first.header.jwk).not.toHaveProperty('d');
    expect(first.claims).toEqual({
      htm: 'POST',
      htu: `${ISSUER}/token`,
      iat: NOW_MS / 1_000,
      jti: expect.any(String),
    });
    expect(second.claims).toMatchObject({
      htm: 'POST',
      htu: `${API}/orders`,
      ath: createHash('sha256').update('token-1').digest('base64url'),
    });
    expect(second.claims.jti).not.toBe(first.claims.jti);
    expect(await calculateJwkThumbprint(second.header.jwk)).toBe(
      await calculateJwkThumbprint(first.header.jwk),
    );
    expect(Object.fromEntries(atApi.headers)).toMatchObject({
      authorization: 'DPoP token-1',
      'x-id': '7',
    });
    expect(events[0]).toMatchObject({ binding: 'dpop' });
  });

  it.each([
    [['RS256', 'ES256'], 'ES256'],
    [['EdDSA', 'Ed25519', 'PS256'], 'PS256'],
    [['ES384'], 'ES384'],
    [['HS256'], 'ES256'],
    ['ES384', 'ES256'],
  ])(
    '[RFC9449-5.1-a] has a key whose algorithm the server knows: of %j the source takes %s',
    async (supported, algorithm) => {
      const { source, server } = aBoundSource();
      server.metadata = { ...server.metadata, dpop_signing_alg_values_supported: supported };
      await source.token();
      const [request] = server.tokenRequests;
      expect(request && (await proofOf(request)).header.alg).toBe(algorithm);
    },
  );

  it('[RFC9449-5-b] is refused if the server says that it is a bearer token', async () => {
    const { source, server, clock } = aBoundSource();
    server.onToken = () => issued('x');
    await expect(source.token()).rejects.toMatchObject({ reason: 'not_bound', status: 500 });
    clock.pass(29_999);
    await expect(source.token()).rejects.toThrow();
    expect(server.tokenRequests).toHaveLength(1);
    expect((await source.explain()).advice.join()).toContain('leave out the option dpop');
  });

  it('[RFC6749-7.1-a] is refused by a source without a key', async () => {
    const { source, server } = aSource();
    server.onToken = () => issued('x', { token_type: 'DPoP' });
    await expect(source.token()).rejects.toMatchObject({ reason: 'answer_unusable' });
  });
});

describe('nonces (63)', () => {
  it.each([400, 401])(
    '[RFC9449-8-a] that the server wants are sent in a second request: %i',
    async (status) => {
      const { source, server } = aBoundSource();
      server.onToken = (_request, count) =>
        count === 1 ? withNonce(status, 'n1') : issued('x', { token_type: 'DPoP' });
      await source.token();
      const proofs = await Promise.all(server.tokenRequests.map(proofOf));
      expect(proofs.map(({ claims }) => claims.nonce)).toEqual([undefined, 'n1']);
      expect(proofs[0]?.claims.jti).not.toBe(proofs[1]?.claims.jti);
    },
  );

  it('cause one second request, and none if the answer has no nonce', async () => {
    const { source, server } = aBoundSource();
    server.onToken = (_request, count) => withNonce(400, `n${count}`);
    const failure = { reason: 'request_refused', serverError: 'use_dpop_nonce' };
    await expect(source.token()).rejects.toMatchObject(failure);
    expect(server.tokenRequests).toHaveLength(2);
    const other = aBoundSource();
    other.server.onToken = () => withNonce(400, undefined);
    await expect(other.source.token()).rejects.toMatchObject(failure);
    expect(other.server.tokenRequests).toHaveLength(1);
  });

  it('are ignored by a source without a key', async () => {
    const { source, server } = aSource();
    server.onToken = () => withNonce(400, 'n1');
    await expect(source.token()).rejects.toMatchObject({ serverError: 'use_dpop_nonce' });
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('[RFC9449-8.2-b] [RFC9449-9-b] of both servers are kept apart, though they change with every answer', async () => {
    const { source, server, clock } = aBoundSource();
    const expected = { server: 'as-0', api: 'api-0' };
    const check = async (request: Received, side: 'server' | 'api') => {
      const { nonce } = (await proofOf(request)).claims;
      const isRight = nonce === expected[side];
      expected[side] = `${expected[side].split('-')[0]}-${Math.random()}`;
      return { isRight, headers: { 'dpop-nonce': expected[side] } };
    };
    server.onToken = async (request) => {
      const { isRight, headers } = await check(request, 'server');
      if (!isRight) return refused(400, 'use_dpop_nonce', headers);
      const body = { access_token: `t${server.tokenRequests.length}`, token_type: 'DPoP' };
      return Response.json(body, { headers });
    };
    server.onApi = async (request) => {
      const { isRight, headers } = await check(request, 'api');
      return isRight
        ? new Response('ok', { headers })
        : challenge('DPoP error="use_dpop_nonce"', headers);
    };
    for (let call = 0; call < 5; call++) {
      expect(await (await source.fetch(URL_OF_ORDERS)).text()).toBe('ok');
      clock.pass(60_000);
    }
    // One request to each server has a wrong nonce. After that, the nonce of the last answer is
    // right.
    expect([server.tokenRequests.length, server.apiRequests.length]).toEqual([6, 6]);
  });

  it('and a new token may both be needed for one request to an API', async () => {
    const { source, server, clock } = aBoundSource();
    await source.token();
    clock.pass(5_000);
    server.onApi = (_request, count) =>
      [
        challenge('DPoP error="use_dpop_nonce"', { 'dpop-nonce': 'n1' }),
        challenge('DPoP error="invalid_token"'),
        new Response('ok'),
      ][count - 1] ?? new Response('too many');
    expect(await (await source.fetch(URL_OF_ORDERS)).text()).toBe('ok');
    const proofs = await Promise.all(server.apiRequests.map(proofOf));
    expect(proofs.map(({ claims }) => claims.nonce)).toEqual([undefined, 'n1', 'n1']);
    expect(server.apiRequests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'DPoP token-1',
      'DPoP token-1',
      'DPoP token-2',
    ]);
  });

  it('that the API wants but does not give cause no second request', async () => {
    const { source, server } = aBoundSource();
    server.onApi = () => challenge('DPoP error="use_dpop_nonce"');
    expect((await source.fetch(URL_OF_ORDERS)).status).toBe(401);
    expect(server.apiRequests).toHaveLength(1);
  });
});

it('a redirect is followed with a proof for the new address (62)', async () => {
  const { source, server } = aBoundSource();
  server.onApi = ({ url }) =>
    url.endsWith('/next')
      ? new Response('ok')
      : new Response(null, { status: 307, headers: { location: '/next' } });
  await source.fetch(URL_OF_ORDERS);
  const proofs = await Promise.all(server.apiRequests.map(proofOf));
  expect(proofs.map(({ claims }) => claims.htu)).toEqual([`${API}/orders`, `${API}/next`]);
});

it('a failure of the network reaches the caller unchanged', async () => {
  const { source, server } = aBoundSource();
  server.onApi = () => Promise.reject(new TypeError('fetch failed'));
  await expect(source.fetch(URL_OF_ORDERS)).rejects.toThrow('fetch failed');
});
