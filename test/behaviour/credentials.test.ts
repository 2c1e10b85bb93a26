import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send, sendRaw } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken } from '../support/tokens.ts';

const user = aUserToken();
const client = aClientToken();

const MALFORMED = 'The Authorization header is malformed';
const REPEATED = 'The request carries more than one Authorization header or credential';

describe.each(frameworks)('credentials in $name', (framework) => {
  it('without credentials: 401 and a challenge without error (RFC 6750 §3.1)', async () => {
    const response = await send(protectedApp(framework));
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
    expect(response.body).toEqual({
      error: 'missing_credentials',
      error_description: 'This resource needs an access token in the Authorization header',
    });
  });

  it.each([
    ['Bearer', `Bearer ${user}`],
    ['bearer', `bearer ${user}`],
    ['BEARER', `BEARER ${user}`],
    ['bEaReR', `bEaReR ${user}`],
    ['Bearer and three spaces', `Bearer   ${user}`],
    ['Bearer with white space around the value', `  Bearer ${user} \t`],
  ])('[RFC6750-2.1-a] a valid token is accepted with the scheme %s', async (_, authorization) => {
    const response = await sendRaw(protectedApp(framework), { authorization });
    expect(response.status).toBe(200);
    expect(JSON.parse(response.text)).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it.each([
    ['Basic', 'Basic YWRhOnNlY3JldA=='],
    ['DPoP', `DPoP ${user}`],
    ['Negotiate, without credentials', 'Negotiate'],
    ['Digest, with parameters', 'Digest username="ada", realm="api"'],
    ['a longer name that begins with Bearer', `BearerX ${user}`],
    ['Bearer and token without a space', `Bearer${user.replaceAll('.', '-')}`],
  ])(
    'another scheme: %s is 401 without error, because it is not a bearer token',
    async (_, authorization) => {
      const response = await send(protectedApp(framework), { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
      expect(response.body.error).toBe('missing_credentials');
    },
  );

  it.each([
    ['Bearer without a token', 'Bearer', MALFORMED],
    ['Bearer and spaces', 'Bearer    ', MALFORMED],
    ['an empty header', '', MALFORMED],
    ['a tab for the space', `Bearer\t${user}`, MALFORMED],
    ['a space and a tab', `Bearer \t${user}`, MALFORMED],
    ['two tokens', `Bearer ${user} ${user}`, MALFORMED],
    ['something after the token', `Bearer ${user} realm="api"`, MALFORMED],
    ['a token in quotes', `Bearer "${user}"`, MALFORMED],
    ['a token outside of the b64token alphabet', 'Bearer a.b.ä', MALFORMED],
    ['no scheme but a token', `=${user}`, MALFORMED],
    ['two credentials joined by a comma', `Bearer ${user}, Bearer ${client}`, REPEATED],
    [
      'two credentials joined by a comma without space',
      `Bearer ${user},Bearer ${client}`,
      REPEATED,
    ],
    ['Basic first, joined by a comma', `Basic YTpi, Bearer ${user}`, REPEATED],
    ['Basic second, joined by a comma', `Bearer ${user}, Basic YTpi`, REPEATED],
    ['a comma after the token', `Bearer ${user},`, REPEATED],
  ])('a malformed header: %s is 400 invalid_request', async (_, authorization, description) => {
    const response = await sendRaw(protectedApp(framework), { authorization });
    expect(response.status).toBe(400);
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="invalid_request", error_description="${description}"`,
    );
    expect(JSON.parse(response.text)).toEqual({
      error: 'invalid_request',
      error_description: description,
    });
  });

  it.each([
    ['different ones', [`Bearer ${user}`, `Bearer ${client}`]],
    ['the same twice', [`Bearer ${user}`, `Bearer ${user}`]],
    ['a good one first', [`Bearer ${user}`, 'Basic YTpi']],
    ['a good one last', ['Basic YTpi', `Bearer ${user}`]],
    ['an empty one first', ['', `Bearer ${user}`]],
    ['two of another scheme', ['Basic YTpi', 'Basic YTpj']],
  ])('two Authorization headers, %s: 400 invalid_request', async (_, authorization) => {
    const response = await sendRaw(protectedApp(framework), { authorization });
    expect(response.status).toBe(400);
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="invalid_request", error_description="${REPEATED}"`,
    );
  });

  it.each([
    ['query', `/?access_token=${user}`],
    ['path', `/;access_token=${user}`],
  ])('[RFC6750-2.3-a] a token in the %s is not read', async (_, path) => {
    const response = await send(protectedApp(framework), { path });
    expect(response.status).toBe(401);
    expect(response.body.error).toBe('missing_credentials');
  });

  it.each(['none', 'usual', 'other'] as const)(
    '[RFC6750-2.2-a] a token in a form body is not read, body parser: %s',
    async (bodyParser) => {
      const response = await send(protectedApp(framework, { bodyParser }), { method: 'post' })
        .type('form')
        .send({ access_token: user });
      expect(response.status).toBe(401);
      expect(response.body.error).toBe('missing_credentials');
    },
  );

  it.each(['x-authorization', 'proxy-authorization', 'cookie'])(
    'a token in the header %s is not read',
    async (name) => {
      const response = await send(protectedApp(framework), {
        headers: { [name]: `Bearer ${user}` },
      });
      expect(response.status).toBe(401);
    },
  );

  it.each(['options', 'head', 'post'] as const)('%s needs a token as well', async (method) => {
    const app = protectedApp(framework);
    expect((await send(app, { method })).status).toBe(401);
    expect((await send(app, { method, token: user })).status).toBe(200);
  });

  it('a preflight request needs a token as well', async () => {
    const response = await send(protectedApp(framework), {
      method: 'options',
      headers: { origin: 'https://spa.example.com', 'access-control-request-method': 'GET' },
    });
    expect(response.status).toBe(401);
  });

  it('HEAD is refused with the challenge and without a body', async () => {
    const response = await send(protectedApp(framework), { method: 'head' });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
    expect(response.text ?? '').toBe('');
  });

  it('a token of up to 16 KiB is verified, a longer one is invalid_token', async () => {
    const app = protectedApp(framework);
    const long = aUserToken({ note: 'x'.repeat(10_000) });
    expect(long.length).toBeLessThan(16_384);
    expect((await sendRaw(app, { authorization: `Bearer ${long}` })).status).toBe(200);

    const longer = aUserToken({ note: 'x'.repeat(13_000) });
    expect(longer.length).toBeGreaterThan(16_384);
    const response = await sendRaw(app, { authorization: `Bearer ${longer}` });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="invalid_token", error_description="The access token is too large"',
    );
  });

  it('the challenge names the configured realm', async () => {
    const server = aResourceServer({ realm: 'orders' });
    const response = await send(protectedApp(framework, { server }));
    expect(response.headers['www-authenticate']).toBe('Bearer realm="orders"');
  });
});
