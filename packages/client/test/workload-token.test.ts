import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@authly/core/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workloadToken } from '../src/index.ts';
import { aClock, aJwt } from './fixtures.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workload-token-'));
  path = join(folder, 'token');
});
afterEach(() => rm(folder, { recursive: true }));

type Authentication = Awaited<ReturnType<ReturnType<typeof workloadToken>['authentication']>>;

/** The form of a request with the credentials in it. */
async function sent(authenticate: Authentication) {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  await authenticate({ issuer: 'https://as.example.com' }, { client_id: 'x' }, body, new Headers());
  return Object.fromEntries(body);
}

describe('the token of a workload', () => {
  it('is sent as an assertion with the client id (RFC 7521 §4.2), as a JWT by default', async () => {
    await writeFile(path, aJwt({ sub: 'orders' }));
    const client = workloadToken('orders-api', { path });
    expect([client.method, client.clientId]).toEqual(['workload', 'orders-api']);
    expect(Object.isFrozen(client)).toBe(true);
    expect(await sent(await client.authentication(aClock()))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'orders-api',
      client_assertion: aJwt({ sub: 'orders' }),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const spiffe = workloadToken('orders-api', { path, type: 'jwt-spiffe' });
    expect(await sent(await spiffe.authentication(aClock()))).toMatchObject({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
    });
  });

  it('is read each time without the spaces around it, and a new one is noticed', async () => {
    const client = workloadToken('orders-api', { path });
    const read = async (text: string) => {
      await writeFile(path, text);
      const authenticate = await client.authentication(aClock());
      return [(await sent(authenticate))['client_assertion'], authenticate.tag] as const;
    };
    const [first, second] = [aJwt({ n: 1 }), aJwt({ n: 2 })];
    const [token, tag] = await read(`\n${first}\n`);
    expect(token).toBe(first);
    expect(await read(first)).toEqual([first, tag]);
    const [renewed, otherTag] = await read(second);
    expect([renewed, otherTag === tag]).toEqual([second, false]);
    expect(`${tag}`).not.toContain(first.split('.')[1]);
  });

  it('that is no JWT is not sent, and is in no message', async () => {
    const client = workloadToken('orders-api', { path });
    for (const text of [`x ${aJwt({})}`, `${aJwt({})} x`, 'hush', 'hu.sh.', '.hu.sh', 'hu.s+h.x']) {
      await writeFile(path, text);
      const error = await client.authentication(aClock()).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        message: 'The file of the workload token does not contain a JWT',
      });
    }
  });

  it('that does not exist is reported by the code of the error', async () => {
    const client = workloadToken('orders-api', { path });
    await expect(client.authentication(aClock())).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it.each([
  ['', { path: '/t' }, 'needs the client id as its first argument'],
  ['api', { path: '' }, 'needs the path of the file with the token'],
  ['api', { path: '/t', type: 'saml' }, "can only have the type 'jwt-bearer' or 'jwt-spiffe'"],
  ['api', { file: '/t' }, 'has no option "file"'],
])('workloadToken(%j, %j) says what is wrong', (id, options, words) => {
  const make = () => workloadToken(id, options as never);
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(`workloadToken() ${words}`);
});
