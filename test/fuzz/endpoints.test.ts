import {
  createResourceServer,
  type HandlerRequest,
  isAuthError,
  type RequestView,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
} from '@authly/issuer';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { forger, keys } from '../security/support/keys.ts';
import { AUDIENCE, aClientToken, aClock, aToken, ISSUER } from '../support/tokens.ts';

// Whole requests, in the grammar and beside it: whatever arrives, the answer is a proper one.

const runs = { numRuns: 60 };

describe('the resource server', () => {
  const server = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks: { keys: keys.map(({ publicJwk }) => publicJwk) } }),
    audience: AUDIENCE,
    clock: aClock(),
  });
  afterAll(() => server.close());

  const honest = [aToken(), aClientToken()];
  const piece = fc.oneof(
    fc.constantFrom(
      ...honest,
      aToken({}, { key: forger }),
      'Bearer',
      'bearer ',
      'Basic ',
      ' ',
      ',',
      '.',
      '=',
      '"',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const header = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const authorization = fc.oneof(
    fc.constant(undefined),
    header,
    fc.array(header, { maxLength: 3 }),
    fc.constantFrom(...honest).map((token) => `Bearer ${token}`),
  );

  it('accepts the caller of a good token, and refuses everybody else with an answer that Node can send', async () => {
    await fc.assert(
      fc.asyncProperty(authorization, fc.string(), async (value, url) => {
        const view: RequestView = { method: 'GET', url, header: () => value };
        const single =
          typeof value === 'string' ? value : value?.length === 1 ? value[0] : undefined;
        const good = honest.find(
          (token) => single?.replace(/^bearer +/i, '') === token && single !== token,
        );
        try {
          const principal = await server.authenticate(view);
          expect(good).toBeDefined();
          expect(principal.kind === 'user' ? principal.userId : principal.clientId).toBe(
            good === honest[0] ? 'ada' : 'nightly-sync',
          );
        } catch (error) {
          if (!isAuthError(error)) throw error;
          expect(good).toBeUndefined();
          const { status, headers, body } = server.refusal(error);
          expect([400, 401]).toContain(status);
          expect(headers['www-authenticate']).toMatch(
            /^Bearer realm="api"(?:, error="\w+", error_description="[\w .,-]+")?$/,
          );
          expect(Object.keys(JSON.parse(body))).toEqual(['error', 'error_description']);
        }
      }),
      runs,
    );
  });
});

const { secret, hash } = generateClientSecret();
const SCOPES = ['read', 'write'];
const APIS = [AUDIENCE, 'https://two.example.com'];
const issuer = createIssuer({
  issuer: ISSUER,
  keys: [await generateSigningKey('ES256')],
  clients: memoryClientStore([
    { clientId: 'sync', secretHashes: [hash], scopes: SCOPES, audiences: APIS },
  ]),
  clock: aClock(),
});

describe('the token endpoint', () => {
  const parameter = fc.tuple(
    fc.constantFrom(
      'grant_type',
      'scope',
      'resource',
      'client_id',
      'client_secret',
      'client_assertion',
      '__proto__',
      'x',
      '',
    ),
    fc.constantFrom(
      'client_credentials',
      'password',
      '',
      'read',
      'read write',
      'read  write',
      'admin',
      ...APIS,
      'https://x.example.com',
      'sync',
      'other',
      secret,
      '\0',
      'é',
    ),
  );
  const extra = fc.array(parameter, { maxLength: 3 });
  const pair = fc.constantFrom(
    `sync:${secret}`,
    `sync:${secret}x`,
    `other:${secret}`,
    `sync`,
    ':',
    'sync:',
    `a:b:c`,
    '%zz:x',
    '\xff:\xff',
  );
  const credentials = fc.oneof(
    fc.constant(`Basic ${Buffer.from(`sync:${secret}`).toString('base64')}`),
    pair.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    pair.map((text) => `basic  ${Buffer.from(text).toString('base64url')}`),
    pair.map((text) => [`Basic ${Buffer.from(text).toString('base64')}`, 'Basic x']),
    fc.constantFrom(undefined, 'Basic', 'Bearer x', ''),
  );
  const contentType = fc.oneof(
    fc.constant('application/x-www-form-urlencoded'),
    fc.constantFrom(
      undefined,
      'application/json',
      'application/x-www-form-urlencoded; charset=utf-8',
      'application/x-www-form-urlencoded; charset=utf-16',
      'multipart/form-data',
    ),
  );
  const base = fc.constantFrom<readonly (readonly [string, string])[]>(
    [
      ['grant_type', 'client_credentials'],
      ['resource', AUDIENCE],
    ],
    [['grant_type', 'client_credentials']],
    [],
  );

  it('grants what the right client asked for, and nothing else to anybody', async () => {
    await fc.assert(
      fc.asyncProperty(
        base,
        extra,
        credentials,
        contentType,
        fc.nat({ max: 5 }),
        async (first, more, authorization, type, cut) => {
          const form = [...first, ...more];
          const body = Buffer.from(
            new URLSearchParams(
              form.map(([name, value]): [string, string] => [name, value]),
            ).toString(),
          );
          const request: HandlerRequest = {
            method: 'POST',
            path: '/token',
            query: '',
            header: (name) =>
              name === 'authorization' ? authorization : name === 'content-type' ? type : undefined,
            peerAddress: undefined,
            clientAddress: undefined,
            peerCertificate: () => undefined,
            parsedBody: undefined,
            stream: (async function* () {
              yield body.subarray(0, cut);
              yield body.subarray(cut);
            })(),
          };
          const answer = await issuer.handler(request);
          if (answer?.body === undefined) return expect.unreachable('there is no answer');
          const parsed = JSON.parse(answer.body);
          expect(answer.headers['cache-control']).toBe('no-store');
          const values = (name: string) =>
            form.filter(([key, value]) => key === name && value !== '').map(([, value]) => value);
          if (answer.status !== 200) {
            expect([400, 401]).toContain(answer.status);
            expect(Object.keys(parsed)).toEqual(['error', 'error_description']);
            expect(answer.body).not.toContain(secret);
            return;
          }
          expect(authorization).toBe(`Basic ${Buffer.from(`sync:${secret}`).toString('base64')}`);
          expect(values('grant_type')).toEqual(['client_credentials']);
          expect([...values('client_secret'), ...values('client_assertion')]).toEqual([]);
          expect(['', 'sync']).toContain(values('client_id').join());
          const claims = JSON.parse(
            Buffer.from(parsed.access_token.split('.')[1], 'base64url').toString(),
          );
          const asked = values('scope')[0]?.split(' ') ?? SCOPES;
          expect(claims.scope.split(' ').sort()).toEqual([...new Set(asked)].sort());
          expect(asked.every((scope) => SCOPES.includes(scope))).toBe(true);
          expect([claims.aud].flat().sort()).toEqual([...new Set(values('resource'))].sort());
          expect(claims).toMatchObject({
            sub: 'sync',
            client_id: 'sync',
            sub_type: 'client',
            iss: ISSUER,
          });
        },
      ),
      runs,
    );
  });
});
