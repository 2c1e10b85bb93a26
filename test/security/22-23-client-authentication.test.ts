import { scryptSync } from 'node:crypto';
import {
  type Client,
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  type Issuer,
  memoryClientStore,
} from '@authly/issuer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClock, ISSUER } from '../support/tokens.ts';
import { serve } from './support/attack.ts';
import { type Wire, type WireHeader, wireTo } from './support/wire.ts';

// Row 22: how a client proves who it is. Throttling is not there: SECURITY.md says so.

const { secret, hash } = generateClientSecret();
const other = generateClientSecret();
const COLON = 'a:secret:with colons+and%25';
const UNICODE = 'a secret – with ünïcode';

const FORM: WireHeader = ['content-type', 'application/x-www-form-urlencoded'];
const GRANT = 'grant_type=client_credentials';

function basic(id: string, password: string, encode = formEncoded): WireHeader {
  const pair = `${encode(id)}:${encode(password)}`;
  return ['authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
}

/** Two hashes, so that no decoy is computed beside them, of the least work that is taken. */
function cheapHashes(chosen: string): readonly string[] {
  return [1, 2].map((fill) => {
    const salt = Buffer.alloc(16, fill);
    const digest = scryptSync(chosen, salt, 32, { N: 1024, r: 1, p: 1 });
    const [first, second] = [salt, digest].map((bytes) =>
      bytes.toString('base64').replaceAll('=', ''),
    );
    return `$scrypt$ln=10,r=1,p=1$${first}$${second}`;
  });
}

function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

function plain(text: string): string {
  return text;
}

function post(id: string, password: string): string {
  return `${GRANT}&${new URLSearchParams({ client_id: id, client_secret: password })}`;
}

interface Attempt {
  readonly name: string;
  readonly headers?: readonly WireHeader[];
  readonly body?: string;
  readonly target?: string;
  readonly method?: string;
  readonly status: number;
  readonly error: string;
  readonly description?: string;
}

/** One text for whatever may be wrong, so that nobody learns which ids exist. */
const FAILED = {
  status: 401,
  error: 'invalid_client',
  description: 'Client authentication failed',
};
const MALFORMED = {
  status: 401,
  error: 'invalid_client',
  description: 'The client credentials are malformed; each part is form-encoded before base64',
};
const ABSENT = {
  status: 401,
  error: 'invalid_client',
  description: 'The request carries no client credentials',
};
const SEVERAL = {
  status: 400,
  error: 'invalid_request',
  description: 'The client uses more than one authentication method',
};
const REPEATED = {
  status: 400,
  error: 'invalid_request',
  description: 'A request parameter is included more than once',
};

const attempts: readonly Attempt[] = [
  { name: 'a wrong secret', headers: [basic('sync', other.secret)], ...FAILED },
  { name: 'no such client', headers: [basic('nobody', secret)], ...FAILED },
  { name: 'the id in capitals', headers: [basic('SYNC', secret)], ...FAILED },
  { name: 'the id with a space', headers: [basic('sync ', secret)], ...FAILED },
  { name: 'the id with a NUL', headers: [basic('sync\0', secret)], ...FAILED },
  { name: '__proto__', headers: [basic('__proto__', secret)], ...FAILED },
  { name: 'an empty secret', headers: [basic('sync', '')], ...FAILED },
  { name: 'the secret in capitals', headers: [basic('sync', secret.toUpperCase())], ...FAILED },
  { name: 'the secret cut', headers: [basic('sync', secret.slice(0, -1))], ...FAILED },
  { name: 'the secret and more', headers: [basic('sync', `${secret}x`)], ...FAILED },
  { name: 'the stored hash as secret', headers: [basic('sync', hash)], ...FAILED },
  {
    name: 'the digest as secret',
    headers: [basic('sync', hash.split('$').at(-1) ?? '')],
    ...FAILED,
  },
  { name: 'another client’s secret', headers: [basic('sync', COLON)], ...FAILED },
  {
    name: 'a secret cut at its colon',
    headers: [basic('colon', COLON.split(':')[0] ?? '')],
    ...FAILED,
  },
  {
    name: 'id and part of the secret before the last colon',
    headers: [basic('colon:a', 'x')],
    ...FAILED,
  },
  {
    name: 'a secret that was not form-encoded',
    headers: [basic('colon', COLON, plain)],
    ...FAILED,
  },
  { name: 'the method that is not registered', body: post('sync', secret), ...FAILED },
  {
    name: 'the other method that is not registered',
    headers: [basic('poster', other.secret)],
    ...FAILED,
  },
  {
    name: 'no colon',
    headers: [['authorization', `Basic ${Buffer.from('sync').toString('base64')}`]],
    ...MALFORMED,
  },
  { name: 'no base64', headers: [['authorization', 'Basic ***']], ...MALFORMED },
  {
    name: 'base64url',
    headers: [['authorization', `Basic ${Buffer.from(`sync:${secret}??>`).toString('base64url')}`]],
    ...MALFORMED,
  },
  { name: 'base64 with stray bits', headers: [['authorization', 'Basic YTpi==']], ...MALFORMED },
  {
    name: 'not UTF-8',
    headers: [['authorization', `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`]],
    ...MALFORMED,
  },
  { name: 'a broken escape', headers: [basic('sync', '%zz', plain)], ...MALFORMED },
  { name: 'Basic alone', headers: [['authorization', 'Basic']], ...MALFORMED },
  {
    name: 'a bearer token',
    headers: [['authorization', `Bearer ${secret}`]],
    status: 401,
    error: 'invalid_client',
  },
  { name: 'nothing', ...ABSENT },
  { name: 'an id alone', body: `${GRANT}&client_id=sync`, ...ABSENT },
  {
    name: 'an id and an empty secret',
    body: `${GRANT}&client_id=poster&client_secret=`,
    ...ABSENT,
  },
  {
    name: 'credentials in the query',
    target: `/token?client_id=poster&client_secret=${other.secret}`,
    ...ABSENT,
  },
  {
    name: 'all of it in the query',
    target: `/token?${GRANT}&client_id=poster&client_secret=${other.secret}`,
    body: 'x=1',
    status: 400,
    error: 'invalid_request',
  },
  {
    name: 'Basic and post',
    headers: [basic('sync', secret)],
    body: post('sync', secret),
    ...SEVERAL,
  },
  {
    name: 'Basic and an assertion',
    headers: [basic('sync', secret)],
    body: `${GRANT}&client_assertion=x`,
    ...SEVERAL,
  },
  {
    name: 'post and an assertion',
    body: `${post('poster', other.secret)}&client_assertion=x&client_assertion_type=y`,
    ...SEVERAL,
  },
  { name: 'Basic twice', headers: [basic('sync', secret), basic('sync', secret)], ...SEVERAL },
  {
    name: 'another client in the body',
    headers: [basic('sync', secret)],
    body: `${GRANT}&client_id=poster`,
    status: 400,
    error: 'invalid_request',
  },
  {
    name: 'the secret twice',
    body: `${post('poster', other.secret)}&client_secret=x`,
    ...REPEATED,
  },
  {
    name: 'the grant twice',
    headers: [basic('sync', secret)],
    body: `${GRANT}&${GRANT}`,
    ...REPEATED,
  },
  {
    name: 'the scope twice',
    headers: [basic('sync', secret)],
    body: `${GRANT}&scope=read&scope=read`,
    ...REPEATED,
  },
  {
    name: 'more scope than allowed',
    headers: [basic('sync', secret)],
    body: `${GRANT}&scope=read+admin`,
    status: 400,
    error: 'invalid_scope',
  },
  {
    name: 'a scope that looks alike',
    headers: [basic('sync', secret)],
    body: `${GRANT}&scope=READ`,
    status: 400,
    error: 'invalid_scope',
  },
  {
    name: 'another API',
    headers: [basic('sync', secret)],
    body: `${GRANT}&resource=https://other.example.com`,
    status: 400,
    error: 'invalid_target',
  },
  {
    name: 'another grant',
    headers: [basic('sync', secret)],
    body: 'grant_type=password&username=a&password=b',
    status: 400,
    error: 'unsupported_grant_type',
  },
  {
    name: 'JSON',
    headers: [basic('sync', secret), ['content-type', 'application/json']],
    body: '{"grant_type":"client_credentials"}',
    status: 400,
    error: 'invalid_request',
  },
  {
    name: '64 KiB and more',
    headers: [basic('sync', secret)],
    body: `${GRANT}&x=${'x'.repeat(65_536)}`,
    status: 400,
    error: 'invalid_request',
  },
  {
    name: 'bytes that are not UTF-8',
    headers: [basic('sync', secret)],
    body: `${GRANT}&x=\xff`,
    status: 400,
    error: 'invalid_request',
  },
  {
    name: 'GET',
    method: 'GET',
    target: `/token?${GRANT}&client_id=poster&client_secret=${other.secret}`,
    status: 405,
    error: 'invalid_request',
  },
  // Row 23: no client can have the name of a user.
  { name: 'a user’s subject as id', headers: [basic('local|ada', secret)], ...FAILED },
  {
    name: 'a user’s subject as id, encoded',
    headers: [basic('local%7Cada', secret, plain)],
    ...FAILED,
  },
];

describe.each(frameworks)('row 22: the token endpoint in $name', (framework) => {
  let wire: Wire;
  let end: () => void;
  let issuer: Issuer;

  beforeAll(async () => {
    const common = { scopes: ['read'], audiences: [AUDIENCE] };
    const clients: readonly Client[] = [
      {
        ...common,
        clientId: 'sync',
        secretHashes: [hash],
        authenticationMethod: 'client_secret_basic',
      },
      { ...common, clientId: 'colon', secretHashes: [...cheapHashes(COLON)] },
      { ...common, clientId: 'unicode', secretHashes: [...cheapHashes(UNICODE)] },
      {
        ...common,
        clientId: 'poster',
        secretHashes: [other.hash],
        authenticationMethod: 'client_secret_post',
      },
    ];
    const keys = [await generateSigningKey('ES256')];
    const store = memoryClientStore(clients);
    // A store that would find anybody, as one that ignores case or space does.
    const lax = {
      ...store,
      // An attempt for an unknown client need not cost as much as a real one here.
      chosenSecrets: false,
      find: (id: string) =>
        store.find(id) ??
        store.find(id.trim().toLowerCase()) ?? {
          ...common,
          clientId: 'sync',
          secretHashes: [hash],
        },
    };
    issuer = createIssuer({ issuer: ISSUER, keys, clients: lax, clock: aClock() });
    const app = framework.createApp(({ use }) => use(framework.kit.mount(issuer.handler)));
    const { port, close } = await serve(app);
    wire = wireTo(port);
    end = () => {
      wire.close();
      close();
    };
  });
  afterAll(() => end());

  function ask({
    headers = [],
    body = GRANT,
    target = '/token',
    method = 'POST',
  }: Partial<Attempt>) {
    const hasType = headers.some(([name]) => name === 'content-type');
    const bytes = Buffer.from(body, 'latin1');
    return wire.send({
      method,
      target,
      headers: hasType ? headers : [FORM, ...headers],
      body: bytes,
    });
  }

  it.each(attempts)('$name', async ({ name: _, status, error, description, ...request }) => {
    const answer = await ask(request);
    const body = JSON.parse(answer.body);
    expect([answer.status, body.error]).toEqual([status, error]);
    if (description !== undefined) expect(body.error_description).toBe(description);
    expect(Object.keys(body).sort()).toEqual(['error', 'error_description']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['www-authenticate']).toBe(
      status === 401 ? `Basic realm="${ISSUER}", charset="UTF-8"` : undefined,
    );
    const honest = await ask({ headers: [basic('sync', secret)] });
    expect(honest.status).toBe(200);
    expect(JSON.parse(honest.body)).toMatchObject({ token_type: 'Bearer', scope: 'read' });
    expect(Object.keys(JSON.parse(honest.body)).sort()).toEqual([
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ]);
  });

  it.each([
    ['a secret with colons, form-encoded', { headers: [basic('colon', COLON)] }],
    ['a secret beyond ASCII, form-encoded', { headers: [basic('unicode', UNICODE)] }],
    ['a secret in the body', { body: post('poster', other.secret) }],
    [
      'the own id in the body beside Basic',
      { headers: [basic('sync', secret)], body: `${GRANT}&client_id=sync` },
    ],
  ])('%s authenticates its client', async (_, request) => {
    expect((await ask(request)).status).toBe(200);
  });

  it('row 23: a user’s subject cannot be a client id, and the two kinds of token differ', async () => {
    const grant = { clientId: 'sync', audience: AUDIENCE };
    const { accessToken } = await issuer.userToken({
      ...grant,
      identity: { provider: 'local', externalId: 'sync' },
    });
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: 'local|sync', client_id: 'sync', sub_type: 'user' });
    for (const clientId of ['local|sync', '|', 'a|b', '', 'ä', 'a'.repeat(256)]) {
      await expect(issuer.clientToken({ ...grant, clientId })).rejects.toMatchObject({
        code: 'client_id_invalid',
      });
      expect(() =>
        memoryClientStore([{ clientId, secretHashes: [hash], scopes: [], audiences: [AUDIENCE] }]),
      ).toThrow('clientId');
    }
    for (const claim of [
      'sub',
      'sub_type',
      'client_id',
      'iss',
      'aud',
      'scope',
      'cnf',
      'act',
      '__proto__',
    ]) {
      const forged = JSON.parse(`{"${claim}":"x"}`);
      await expect(issuer.clientToken({ ...grant, claims: forged })).rejects.toMatchObject({
        code: 'claim_reserved',
      });
    }
  });
});
