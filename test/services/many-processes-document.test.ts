import { isAuthError } from '@authly/core';
import { authly, keycloak } from '@authly/core/providers';
import { redisStores } from '@authly/redis';
import { aProof, generateTestKey, testIssuer } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer as withAnswers } from '../docs/snippets/many-processes/answers.ts';
import { commands, opened } from '../docs/snippets/many-processes/clients.ts';
import { followMarks, told } from '../docs/snippets/many-processes/follow.ts';
import { createServer } from '../docs/snippets/many-processes/server.ts';
import { openStores } from '../docs/snippets/many-processes/stores.ts';
import { type RedisCluster, startRedisCluster } from './support/redis-cluster.ts';
import { findRedisProgram } from './support/redis-program.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';

// Another test (test/docs) checks that docs/many-processes.md shows exactly these snippets.

const program = findRedisProgram();

const API = 'https://api.acme.com';
const issuer = testIssuer({ audience: API });
const preset = authly({ issuer: issuer.issuer, jwks: issuer.jwks });
const opaque = keycloak({ issuer: 'https://sso.acme.com/realms/acme', jwks: issuer.jwks });
const secret = 'a secret of a test: thirty-two bytes and some more';

let server: RedisServer;
let cluster: RedisCluster;

beforeAll(async () => {
  if (program === undefined) return;
  server = await startRedis(program);
  cluster = await startRedisCluster(program);
});

afterAll(async () => {
  for (const each of opened) each.close();
  await server?.remove();
  await cluster?.remove();
});

describe.runIf(program !== undefined)('docs/many-processes.md', () => {
  it('shows two processes that share proofs, nonces and revocations', async () => {
    const [one, two] = [await openStores(server.url), await openStores(server.url)];
    const [here, there] = [one, two].map((stores) => createServer(preset, stores, secret));
    if (here === undefined || there === undefined) expect.unreachable();
    const key = generateTestKey('ES256');
    const token = issuer.aUserToken({}, { boundTo: key });
    const send = async (to: typeof here, proof: string) => {
      const headers: Record<string, string> = { authorization: `DPoP ${token}`, dpop: proof };
      const header = (name: string) => headers[name];
      return await to.authenticate({ method: 'GET', url: '/', header });
    };
    const proofWith = (nonce?: string) =>
      aProof({ key, token, url: `${API}/`, ...(nonce !== undefined && { nonce }) });
    const refusal = await send(here, proofWith()).catch((error: unknown) => error);
    const nonce = isAuthError(refusal) ? refusal.details.nonce : undefined;
    expect(nonce).toMatch(/^[\w-]{43}$/);
    const proof = proofWith(nonce);
    expect(await send(there, proof)).toMatchObject({ kind: 'user' });
    await expect(send(here, proof)).rejects.toMatchObject({ reason: 'proof_replayed' });
    await one.revocations.revokeToken({ token });
    await expect(send(there, proofWith(nonce))).rejects.toMatchObject({ reason: 'token_revoked' });
    for (const each of [here, there]) each.close();
  });

  it('shows answers that are shared', async () => {
    const stores = await openStores(server.url);
    withAnswers(opaque, stores, { clientSecret: 'secret', secret }).close();
  });

  it('shows a process that follows', async () => {
    const stores = await followMarks(server.url);
    const other = await openStores(server.url);
    const { id } = await other.revocations.revokePrincipal('user:ada');
    await expect.poll(() => told).toContain(id);
    stores.close();
  });

  it.each(Object.entries(commands))('shows another client: %s', async (name, open) => {
    const { port } = name === 'cluster' ? cluster : server;
    const stores = redisStores({ command: await open(port), prefix: 'clients' });
    // This client refuses commands until it is connected.
    await expect.poll(() => stores.ready().then(() => 'ready', String)).toBe('ready');
    await stores.revocations.revokePrincipal('user:ada');
    expect(await stores.revocations.list()).not.toHaveLength(0);
  });
});
