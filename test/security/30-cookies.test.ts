import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { fromCookie, fromHeader } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { aClientToken, aToken, aUserToken, NOW } from '../support/tokens.ts';
import { type Attack, aTarget, expectRefusal, underAttack } from './support/attack.ts';
import {
  ABSENT,
  BOUND,
  EXPIRED,
  FOREIGN_ORIGIN,
  MALFORMED,
  REPEATED_HEADER,
} from './support/refusals.ts';
import type { WireHeader } from './support/wire.ts';

// Row 30: tokens in cookies. A browser sends them with requests that pages of others make; a sibling host
// sets cookies of its own; sockets are opened across sites.

const APP = 'https://app.example.com';
const user = aUserToken();
const client = aClientToken();
const good: WireHeader = ['cookie', `__Host-at=${user}`];

const fromApp = fromCookie('__Host-at', { origins: [APP] });
const fromHere = fromCookie('__Host-at', { origins: ['same-origin'] });

/** What a page, or whatever makes such a request, sends beside the cookie. */
const FOREIGN: readonly (readonly [string, readonly WireHeader[]])[] = [
  ['neither header', []],
  ['another origin', [['origin', 'https://evil.example']]],
  ['an opaque origin', [['origin', 'null']]],
  ['an empty origin', [['origin', '']]],
  ['plain http', [['origin', 'http://app.example.com']]],
  ['another port', [['origin', `${APP}:8443`]]],
  ['a sibling host', [['origin', 'https://blog.example.com']]],
  ['a host that begins so', [['origin', `${APP}.evil.example`]]],
  ['a host that ends so', [['origin', 'https://evilapp.example.com']]],
  ['capitals, which no browser sends', [['origin', 'HTTPS://APP.EXAMPLE.COM']]],
  ['a path behind it', [['origin', `${APP}/`]]],
  ['two in one', [['origin', `${APP} https://evil.example`]]],
  [
    'two headers',
    [
      ['origin', APP],
      ['origin', 'https://evil.example'],
    ],
  ],
  [
    'the same twice',
    [
      ['origin', APP],
      ['origin', APP],
    ],
  ],
  ['the referrer alone', [['referer', `${APP}/orders`]]],
  ['a forwarded origin', [['x-forwarded-origin', APP]]],
  ['the same site', [['sec-fetch-site', 'same-site']]],
  ['another site', [['sec-fetch-site', 'cross-site']]],
  ['no site', [['sec-fetch-site', 'none']]],
  ['a host of that name', [['x-forwarded-host', 'app.example.com']]],
];

const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'] as const;
const UPGRADE: readonly WireHeader[] = [
  ['connection', 'keep-alive'],
  ['upgrade', 'websocket'],
];

const crossSite: readonly Attack[] = FOREIGN.flatMap(([name, headers]) => [
  {
    name: `a POST with ${name}`,
    method: 'POST',
    body: '{}',
    headers: [good, ...headers],
    answer: FOREIGN_ORIGIN,
  },
  {
    name: `an upgrade with ${name}`,
    headers: [good, ...UPGRADE, ...headers],
    answer: FOREIGN_ORIGIN,
  },
]);

const methods: readonly Attack[] = UNSAFE.map((method) => ({
  name: `${method} from nowhere`,
  method,
  body: '',
  headers: [good],
  answer: FOREIGN_ORIGIN,
}));

const page: WireHeader = ['origin', APP];

const ambiguous: readonly Attack[] = [
  ['two in one header', [['cookie', `__Host-at=${user}; __Host-at=${client}`]]],
  ['the same twice', [['cookie', `__Host-at=${user}; __Host-at=${user}`]]],
  ['two headers', [good, ['cookie', `__Host-at=${client}`]]],
  ['an empty one first', [['cookie', `__Host-at=; __Host-at=${user}`]]],
  ['an empty one last', [['cookie', `__Host-at=${user}; __Host-at=`]]],
  ['far apart', [['cookie', `__Host-at=${user}; ${'a=b; '.repeat(500)}__Host-at=x`]]],
  ['one without name, whose value reads like one', [['cookie', `a=1;__Host-at=x;${good[1]}`]]],
  ['a cookie and a good header', [good, ['authorization', `Bearer ${user}`]]],
  ['a cookie and a bad header', [good, ['authorization', 'Bearer x']]],
  ['a cookie and a header of another scheme', [good, ['authorization', 'Basic YTpi']]],
  ['a cookie and an empty header', [good, ['authorization', '']]],
  [
    'a cookie and two headers',
    [good, ['authorization', `Bearer ${user}`], ['authorization', `Bearer ${client}`]],
  ],
].map(([name, headers]) => ({
  name: `more than one: ${name}`,
  method: 'POST',
  body: '',
  headers: [page, ...(headers as readonly WireHeader[])],
  answer: REPEATED_HEADER,
}));

const elsewhere: readonly Attack[] = (
  [
    ['without the prefix', [['cookie', `at=${user}`]]],
    ['with another prefix', [['cookie', `__Secure-at=${user}`]]],
    ['in other capitals', [['cookie', `__host-at=${user}`]]],
    ['whose name only begins so', [['cookie', `__Host-at2=${user}`]]],
    ['whose name ends so', [['cookie', `x__Host-at=${user}`]]],
    ['with a space after its name', [['cookie', `__Host-at =${user}`]]],
    ['after a no-break space', [['cookie', `\xa0__Host-at=${user}`]]],
    ['within the value of another', [['cookie', `a="__Host-at=${user}`]]],
    ['after a comma', [['cookie', `a=1,__Host-at=${user}`]]],
    ['in another header', [['cookie2', `__Host-at=${user}`]]],
    ['set by the request', [['set-cookie', `__Host-at=${user}`]]],
  ] as const
).map(([name, headers]) => ({
  name: `a cookie ${name}`,
  headers: headers as readonly WireHeader[],
  answer: ABSENT,
}));

const attacks: readonly Attack[] = [
  ...crossSite,
  ...methods,
  ...ambiguous,
  ...elsewhere,
  {
    name: 'a token in the query',
    target: `/?__Host-at=${user}&access_token=${user}`,
    answer: ABSENT,
  },
  {
    name: 'a token in a form',
    method: 'POST',
    headers: [page, ['content-type', 'application/x-www-form-urlencoded']],
    body: `__Host-at=${user}&access_token=${user}`,
    answer: ABSENT,
  },
  {
    name: 'a bound token',
    headers: [['cookie', `__Host-at=${aToken({ cnf: { jkt: 'x' } })}`]],
    answer: BOUND,
  },
  {
    name: 'an expired token',
    headers: [['cookie', `__Host-at=${aToken({ exp: NOW - 60 })}`]],
    answer: EXPIRED,
  },
  ...['', 'x', `Bearer ${user}`, `DPoP ${user}`, `"${user}"`, `${user}%20`, `${user}, ${user}`].map(
    (value) => ({
      name: `a value that is no token: ${JSON.stringify(value.replaceAll(user, 'TOKEN'))}`,
      headers: [['cookie', `__Host-at=${value}`]] as const,
      answer: MALFORMED,
    }),
  ),
];

underAttack('row 30: a token in a cookie', attacks, { credentials: fromApp });

underAttack(
  'row 30: a token in a cookie, where authentication is optional',
  attacks.filter(({ answer }) => answer !== ABSENT),
  { credentials: fromApp, optional: true },
);

underAttack(
  'row 30: a cookie for pages of the API’s own origin',
  [...crossSite.filter(({ answer }) => answer === FOREIGN_ORIGIN), ...methods].concat(
    ['Same-Origin', 'same-origin, same-origin', ' same-origin x', 'cross-site'].map((site) => ({
      name: `a POST with Sec-Fetch-Site ${site}`,
      method: 'POST',
      body: '',
      headers: [good, ['sec-fetch-site', site]],
      answer: FOREIGN_ORIGIN,
    })),
    {
      name: 'a POST with the header twice',
      method: 'POST',
      body: '',
      headers: [good, ['sec-fetch-site', 'same-origin'], ['sec-fetch-site', 'cross-site']],
      answer: FOREIGN_ORIGIN,
    },
  ),
  { credentials: fromHere },
);

underAttack('row 30: a cookie where none was asked for', [
  { name: 'any cookie', headers: [good, page], answer: ABSENT },
  { name: 'the forwarded header', headers: [['x-forwarded-access-token', user]], answer: ABSENT },
]);

describe.each(frameworks)('row 30: what is let in by $name', (framework) => {
  it.each<[string, string, readonly WireHeader[]]>([
    ['GET from anywhere', 'GET', [good]],
    ['GET from another site', 'GET', [good, ['sec-fetch-site', 'cross-site']]],
    ['a cookie among others', 'GET', [['cookie', `a=1; __Host-at=${user};\tb=2`]]],
    ['POST from the listed origin', 'POST', [good, page]],
    ['an upgrade from the listed origin', 'GET', [good, page, ...UPGRADE]],
    ['the header alone, from nowhere', 'POST', [['authorization', `Bearer ${user}`]]],
    [
      'the header beside other cookies',
      'POST',
      [
        ['authorization', `Bearer ${user}`],
        ['cookie', 'a=1'],
      ],
    ],
  ])('%s', async (_, method, headers) => {
    const target = await aTarget(framework, { credentials: fromApp });
    const answer = await target.send({ method, headers, body: '' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('"userId":"ada"');
    target.close();
  });

  it('a POST with `Sec-Fetch-Site: same-origin`, if same-origin is listed', async () => {
    const target = await aTarget(framework, { credentials: fromHere });
    const headers: readonly WireHeader[] = [
      good,
      ['origin', 'null'],
      ['sec-fetch-site', 'same-origin'],
    ];
    expect((await target.send({ method: 'POST', headers, body: '' })).status).toBe(200);
    target.close();
  });

  it('a request without the cookie as anonymous, if authentication is optional', async () => {
    const target = await aTarget(framework, { credentials: fromApp, optional: true });
    const answer = await target.send({ method: 'POST', headers: [['cookie', 'at=x']], body: '' });
    expect(answer).toMatchObject({ status: 200, body: 'null' });
    target.close();
  });
});

describe.each(frameworks.filter(({ name }) => name.startsWith('Koa')))(
  'row 30: HTTP/2 in $name',
  (framework) => {
    it.each([
      ['cookies in a field each', { cookie: ['a=1', `__Host-at=${user}`] }, 200],
      ['two of a name', { cookie: [`__Host-at=${user}`, `__Host-at=${client}`] }, 400],
      ['an unsafe method', { ':method': 'POST', cookie: `__Host-at=${user}` }, 403],
      [
        'the same from the app',
        { ':method': 'POST', origin: APP, cookie: `__Host-at=${user}` },
        200,
      ],
    ])('%s', async (_, fields, expected) => {
      const target = await aTarget(framework, { credentials: fromApp });
      const server = createHttp2Server(target.app.listener as never);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      const [headers] = await once(session.request(fields).end().resume(), 'response');
      expect(headers[':status']).toBe(expected);
      session.close();
      server.close();
      target.close();
    });
  },
);

describe.each(frameworks)('row 30: a token that a front door forwards, in $name', (framework) => {
  const forwarded = (...values: readonly string[]) =>
    values.map((value): WireHeader => ['X-Forwarded-Access-Token', value]);

  it.each<[string, readonly WireHeader[], typeof ABSENT]>([
    ['no header', [], ABSENT],
    ['the Authorization header, which is not read', [['authorization', `Bearer ${user}`]], ABSENT],
    ['two headers', forwarded(user, client), REPEATED_HEADER],
    ['the same twice', forwarded(user, user), REPEATED_HEADER],
    ['two in one', forwarded(`${user}, ${client}`), REPEATED_HEADER],
    ['an empty one', forwarded(''), MALFORMED],
    ['another scheme', forwarded(`DPoP ${user}`), MALFORMED],
    ['no token', forwarded('x'), MALFORMED],
    ['a bound token', forwarded(aToken({ cnf: { jkt: 'x' } })), BOUND],
  ])('%s', async (_, headers, answer) => {
    const target = await aTarget(framework, {
      credentials: fromHeader('X-Forwarded-Access-Token'),
    });
    expectRefusal(await target.send({ headers }), answer);
    target.close();
  });

  it.each([user, `Bearer ${user}`, `bearer  ${user}`])('%.8s… is accepted', async (value) => {
    const target = await aTarget(framework, {
      credentials: fromHeader('x-forwarded-access-token'),
    });
    const headers = [...forwarded(value), ['authorization', 'Basic YTpi'] as const];
    expect((await target.send({ headers })).status).toBe(200);
    target.close();
  });

  it('is accepted only from listed origins, if origins are listed', async () => {
    const credentials = fromHeader('x-forwarded-access-token', { origins: [APP] });
    const target = await aTarget(framework, { credentials });
    const post = (...headers: readonly WireHeader[]) =>
      target.send({ method: 'POST', body: '', headers: [...forwarded(user), ...headers] });
    expectRefusal(await post(['origin', 'https://evil.example']), FOREIGN_ORIGIN);
    expect((await post(page)).status).toBe(200);
    target.close();
  });
});

describe.each(frameworks)(
  'what middleware before us did to the header counts in $name',
  (framework) => {
    type Change = (headers: Record<string, unknown>) => void;
    const bearer = `Bearer ${user}`;

    async function statusAfter(change: Change, headers: readonly WireHeader[], optional = false) {
      const target = await aTarget(framework, { optional, before: change });
      const { status, body } = await target.send({ headers });
      target.close();
      return [status, body.includes('"kind"')];
    }

    it.each<[string, Change, readonly WireHeader[], readonly unknown[]]>([
      ['added', (headers) => Object.assign(headers, { authorization: bearer }), [], [200, true]],
      [
        'added in the place of one',
        (headers) => Object.assign(headers, { authorization: bearer }),
        [['authorization', 'Basic YTpi']],
        [200, true],
      ],
      [
        'added in the place of two',
        (headers) => Object.assign(headers, { authorization: bearer }),
        [
          ['authorization', 'Basic YTpi'],
          ['authorization', 'Bearer x'],
        ],
        [200, true],
      ],
      [
        'deleted',
        (headers) => delete headers['authorization'],
        [['authorization', bearer]],
        [401, false],
      ],
      [
        'spoiled',
        (headers) => Object.assign(headers, { authorization: 'Bearer x' }),
        [['authorization', bearer]],
        [401, false],
      ],
      ['left alone', () => {}, [['authorization', bearer]], [200, true]],
      [
        'left alone, and repeated',
        () => {},
        [
          ['authorization', bearer],
          ['authorization', bearer],
        ],
        [400, false],
      ],
    ])('%s', async (_, change, headers, expected) => {
      expect(await statusAfter(change, headers)).toEqual(expected);
    });

    it('deleted is anonymous if authentication is optional', async () => {
      const remove: Change = (headers) => delete headers['authorization'];
      expect(await statusAfter(remove, [['authorization', bearer]], true)).toEqual([200, false]);
    });
  },
);
