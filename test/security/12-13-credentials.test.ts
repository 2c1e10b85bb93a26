import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { aClientToken, aToken, NOW } from '../support/tokens.ts';
import { type Attack, aTarget, expectNoHarm, underAttack } from './support/attack.ts';
import { forger } from './support/keys.ts';
import {
  ABSENT,
  EXPIRED,
  MALFORMED,
  MALFORMED_HEADER,
  OTHER_SCHEME,
  REPEATED_HEADER,
  SIGNATURE,
} from './support/refusals.ts';
import type { WireHeader } from './support/wire.ts';

const user = aToken();
const client = aClientToken();
const bearer = `Bearer ${user}`;

// Row 12: one credential, in one header, in one spelling.

function authorization(...values: readonly string[]): readonly WireHeader[] {
  return values.map((value) => ['Authorization', value]);
}

const malformed = [
  'Bearer',
  'Bearer ',
  'Bearer\t',
  `Bearer\t${user}`,
  `Bearer \t${user}`,
  `Bearer  ${user} x`,
  `Bearer ${user} ${user}`,
  `Bearer ${user} realm="api"`,
  `Bearer "${user}"`,
  `Bearer <${user}>`,
  `Bearer token="${user}"`,
  `Bearer\xa0${user}`,
  `Bearer:${user}`,
  `"Bearer" ${user}`,
  `Bearer ${user}\xff`,
  `Bearer ${user};`,
  `Bearer %20${user}`,
  '',
  '=',
  '"',
  '(',
  '\xff',
];

const otherSchemes = [
  'Basic YWRhOnNlY3JldA==',
  'Basic',
  `DPoP ${user}`,
  `dpop ${user}`,
  `Token ${user}`,
  `JWT ${user}`,
  `BearerX ${user}`,
  `Bearer2 ${user}`,
  `X-Bearer ${user}`,
  'Digest username="ada", realm="api"',
  'Negotiate',
  'HOBA result="x"',
  user,
];

const repeated: readonly (readonly [string, readonly WireHeader[]])[] = [
  ['two good ones', authorization(bearer, `Bearer ${client}`)],
  ['the same twice', authorization(bearer, bearer)],
  ['a good one after Basic', authorization('Basic YTpi', bearer)],
  ['a good one before Basic', authorization(bearer, 'Basic YTpi')],
  ['a good one after an empty one', authorization('', bearer)],
  ['a good one before an empty one', authorization(bearer, '')],
  [
    'names in two cases',
    [
      ['authorization', bearer],
      ['AUTHORIZATION', bearer],
    ],
  ],
  ['a hundred', authorization(...Array.from({ length: 100 }, () => 'Bearer x'))],
  ['far apart', [['Authorization', bearer], ...fillers(500), ['Authorization', bearer]]],
  ['joined by a comma', authorization(`${bearer}, Bearer ${client}`)],
  ['joined by a comma without a space', authorization(`${bearer},Bearer ${client}`)],
  ['joined to Basic', authorization(`Basic YTpi, ${bearer}`)],
  ['a comma after the token', authorization(`${bearer},`)],
  ['a comma before the token', authorization(`Bearer ,${user}`)],
];

function fillers(count: number): readonly WireHeader[] {
  return Array.from({ length: count }, (_, index) => [`x-${index}`, '0']);
}

const form = `access_token=${user}`;
const elsewhere: readonly Omit<Attack, 'answer'>[] = [
  { name: 'the query', target: `/?access_token=${user}` },
  { name: 'the query, beside others', target: `/?a=1&access_token=${user}&token=${user}` },
  { name: 'the fragment', target: `/#access_token=${user}` },
  {
    name: 'a form',
    method: 'POST',
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: form,
  },
  {
    name: 'JSON',
    method: 'POST',
    headers: [['content-type', 'application/json']],
    body: JSON.stringify({ access_token: user, authorization: bearer }),
  },
  {
    name: 'a cookie',
    headers: [['cookie', `access_token=${user}; authorization=${encodeURIComponent(bearer)}`]],
  },
  { name: 'a trailer', method: 'POST', body: 'x', trailers: authorization(bearer) },
  ...[
    'X-Authorization',
    'Proxy-Authorization',
    'X-Access-Token',
    'X-Forwarded-Authorization',
    'Authorization2',
    'Authorizatio',
    'HTTP-Authorization',
    'X-Original-Authorization',
    'Authentication',
    'WWW-Authenticate',
    'Sec-WebSocket-Protocol',
  ].map((name) => ({ name: `the header ${name}`, headers: [[name, bearer]] as const })),
];

underAttack('row 12: the Authorization header', [
  ...malformed.map((value) => ({
    name: `malformed: ${JSON.stringify(value.replaceAll(user, 'TOKEN'))}`,
    headers: authorization(value),
    answer: MALFORMED_HEADER,
  })),
  ...otherSchemes.map((value) => ({
    name: `another scheme: ${value.replaceAll(user, 'TOKEN')}`,
    headers: authorization(value),
    answer: OTHER_SCHEME,
  })),
  ...repeated.map(([name, headers]) => ({
    name: `more than one: ${name}`,
    headers,
    answer: REPEATED_HEADER,
  })),
  ...elsewhere.map((attack) => ({
    ...attack,
    name: `a good token in ${attack.name}`,
    answer: ABSENT,
  })),
]);

describe.each(frameworks)('row 12: what Node itself refuses in $name', (framework) => {
  it.each([
    ['a space before the colon', 'Authorization ', bearer],
    ['a line break in the value', 'Authorization', `Bearer\r\n ${user}`],
    ['a NUL in the value', 'Authorization', `${bearer}\0`],
    ['a lone carriage return', 'X', `1\rAuthorization: ${bearer}`],
  ])('%s never lets anybody in', async (_, name, value) => {
    const target = await aTarget(framework);
    const { status } = await target.send({ headers: [[name, value]] });
    expect([400, 401]).toContain(status);
    await expectNoHarm(target);
    target.close();
  });
});

describe.each(frameworks.filter(({ name }) => name.startsWith('Koa')))(
  'row 12: HTTP/2 in $name',
  (framework) => {
    it.each([
      ['a token', { authorization: bearer }, 200],
      ['a forged one', { authorization: `Bearer ${aToken({}, { key: forger })}` }, 401],
      ['none', {}, 401],
      ['none but in the query', { ':path': `/?access_token=${user}` }, 401],
    ])('%s gives the same answer as over HTTP/1.1', async (_, fields, expected) => {
      const target = await aTarget(framework);
      const server = createServer(target.app.listener as never);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const session = connect(`http://127.0.0.1:${port}`);
      const [headers] = await once(session.request(fields).end().resume(), 'response');
      expect(headers[':status']).toBe(expected);
      session.close();
      server.close();
      target.close();
    });
  },
);

// Row 13: what is optional is to send nothing; no method is a way around.

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];
const bad: readonly Attack[] = [
  { name: 'an expired token', token: aToken({ exp: NOW - 60 }), answer: EXPIRED },
  { name: 'a forged token', token: aToken({}, { key: forger }), answer: SIGNATURE },
  { name: 'no token at all', token: 'x', answer: MALFORMED },
  { name: 'an empty header', headers: authorization(''), answer: MALFORMED_HEADER },
  { name: 'the scheme alone', headers: authorization('Bearer'), answer: MALFORMED_HEADER },
  { name: 'another scheme', headers: authorization('Basic YTpi'), answer: OTHER_SCHEME },
  { name: 'two headers', headers: authorization(bearer, bearer), answer: REPEATED_HEADER },
];

underAttack(
  'row 13: optional authentication',
  [
    ...bad,
    ...bad.map((attack) => ({
      ...attack,
      name: `${attack.name}, with OPTIONS`,
      method: 'OPTIONS',
    })),
  ],
  { optional: true },
);

describe.each(frameworks)('row 13: methods in $name', (framework) => {
  it.each(METHODS)('%s needs a token', async (method) => {
    const target = await aTarget(framework);
    for (const headers of [
      [],
      [
        ['origin', 'https://spa.example.com'],
        ['access-control-request-method', 'GET'],
      ],
      [
        ['x-http-method-override', 'OPTIONS'],
        ['x-method-override', 'OPTIONS'],
      ],
      [
        ['upgrade-insecure-requests', '1'],
        ['x-requested-with', 'XMLHttpRequest'],
      ],
    ] as const) {
      const refused = await target.send({ method, headers });
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toBe('Bearer realm="api"');
    }
    await expectNoHarm(target);
    target.close();
  });

  it('optional: an anonymous request never passes as a caller', async () => {
    const target = await aTarget(framework, { optional: true });
    expect((await target.send({})).body).toBe('null');
    expect((await target.send({ target: `/?access_token=${user}` })).body).toBe('null');
    await expectNoHarm(target);
    target.close();
  });
});
