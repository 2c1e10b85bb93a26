import { keycloak } from '@authly/core/providers';
import { AUDIENCE, aToken, GOOD_CLAIMS, NOW } from '../support/tokens.ts';
import { type Attack, underAttack } from './support/attack.ts';
import { JWKS_URI } from './support/keys.ts';
import {
  AUDIENCE_MISMATCH,
  CLAIM_MALFORMED,
  CLAIM_MISSING,
  EXPIRED,
  MALFORMED,
  NOT_ACCESS_TOKEN,
  NOT_YET_VALID,
  type Refusal,
  TOO_LARGE,
  UNKNOWN_ISSUER,
} from './support/refusals.ts';
import { claimsText } from './support/token-text.ts';

// Every token here is signed by the issuer's own key: nothing but its content is wrong.

// Row 6: JSON that is not what it seems.

const good = JSON.stringify(GOOD_CLAIMS);
const utf8 = Buffer.from(good);

const payloads: readonly (readonly [string, string | Uint8Array])[] = [
  ['nothing at all', ''],
  ['a list', `[${good}]`],
  ['a list of names and values', JSON.stringify(Object.entries(GOOD_CLAIMS))],
  ['null', 'null'],
  ['a number', '1'],
  ['text', JSON.stringify(good)],
  ['two objects', `${good}${good}`],
  ['something after the object', `${good} x`],
  ['a NUL after the object', `${good}\0`],
  ['a comment', `/* */${good}`],
  ['a comma too many', claimsText('"x":1,')],
  ['single quotes', good.replaceAll('"', "'")],
  ['names without quotes', good.replace('"iss"', 'iss')],
  ['NaN', claimsText('"x":NaN')],
  ['a hexadecimal number', claimsText('"x":0x10')],
  ['a number with a leading zero', claimsText('"x":010')],
  ['a line break in text', claimsText('"x":"\n"')],
  ['a byte-order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8])],
  ['UTF-16', Buffer.from(good, 'utf16le')],
  ['latin1', Buffer.from(claimsText('"x":"\xe9"'), 'latin1')],
  [
    'an overlong encoding',
    Buffer.concat([utf8.subarray(0, -1), Buffer.from([0xc0, 0xa2]), utf8.subarray(-1)]),
  ],
  [
    'a surrogate in UTF-8',
    Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
  ],
  ['33 levels of lists', claimsText(`"x":${'['.repeat(32)}${']'.repeat(32)}`)],
  ['33 levels of objects', claimsText(`"x":${'{"x":'.repeat(31)}{}${'}'.repeat(31)}`)],
  ['5,000 levels', claimsText(`"x":${'['.repeat(5000)}${']'.repeat(5000)}`)],
  ['a cut object', good.slice(0, -1)],
];

const content: readonly Attack[] = [
  ...payloads.map(([name, payload]) => ({
    name: `the payload is ${name}`,
    token: aToken({}, { rawPayload: payload }),
    answer: MALFORMED,
  })),
  ...['[]', 'null', '"ES256"', '', '{"alg":"ES256","kid":"key-1","typ":"at+jwt"}}'].map(
    (rawHeader) => ({
      name: `the header is ${JSON.stringify(rawHeader)}`,
      token: aToken({}, { rawHeader }),
      answer: MALFORMED,
    }),
  ),
  ...['sub', 'client_id', 'exp', 'aud', 'iat', 'jti'].map((name) => ({
    name: `${name} behind __proto__`,
    token: aToken(
      {},
      { rawPayload: claimsText(`"__proto__":${good},"constructor":{"prototype":${good}}`, [name]) },
    ),
    answer: CLAIM_MISSING,
  })),
  {
    name: 'iss behind __proto__',
    token: aToken({}, { rawPayload: claimsText(`"__proto__":${good}`, ['iss']) }),
    answer: UNKNOWN_ISSUER,
  },
  {
    name: 'exp twice, the last in the past',
    token: aToken({}, { rawPayload: claimsText(`"exp":${NOW - 600}`) }),
    answer: EXPIRED,
  },
  {
    name: 'aud twice, the last of somebody else',
    token: aToken({}, { rawPayload: claimsText('"aud":"https://other.example.com"') }),
    answer: AUDIENCE_MISMATCH,
  },
  {
    name: 'iss twice, the second with an escape in its name',
    token: aToken({}, { rawPayload: claimsText('"\\u0069ss":"https://evil.example.com"') }),
    answer: UNKNOWN_ISSUER,
  },
  {
    name: 'names that only look alike: Cyrillic, full-width, with a NUL, in capitals',
    token: aToken(
      {},
      {
        rawPayload: claimsText(
          `"ех​p":${NOW + 600},"ｅｘｐ":${NOW + 600},"exp\\u0000":${NOW + 600},"EXP":1`,
          ['exp'],
        ),
      },
    ),
    answer: CLAIM_MISSING,
  },
  {
    name: 'a subject that no text can hold',
    token: aToken({}, { rawPayload: claimsText('"sub":"\\ud800"', ['sub']) }),
    answer: CLAIM_MALFORMED,
  },
  {
    name: '10,000 claims',
    token: aToken({}, { rawPayload: manyClaims(10_000) }),
    answer: TOO_LARGE,
  },
  {
    name: 'a claim of 64 KB',
    token: aToken({ x: 'x'.repeat(65_536) }),
    answer: TOO_LARGE,
  },
];

function manyClaims(count: number): string {
  return claimsText(Array.from({ length: count }, (_, index) => `"${index}":0`).join());
}

underAttack('row 6: JSON', content);

// Row 7: every claim in every other type.

const NUMBERS: readonly unknown[] = [
  null,
  true,
  '',
  String(NOW + 600),
  [],
  [NOW + 600],
  {},
  '1e10',
];
const TEXTS: readonly unknown[] = [null, true, false, 0, 1, [], ['ada'], {}, { 0: 'a' }];

function wrong(claim: string, values: readonly unknown[], answer: Refusal): readonly Attack[] {
  return values.map((value) => ({
    name: `${claim} is ${JSON.stringify(value)}`,
    token: aToken({ [claim]: value }),
    answer,
  }));
}

function rawNumber(claim: string, text: string): Attack {
  return {
    name: `${claim} is ${text}`,
    token: aToken({}, { rawPayload: claimsText(`"${claim}":${text}`, [claim]) }),
    answer: CLAIM_MALFORMED,
  };
}

underAttack('row 7: types of claims', [
  ...wrong('iss', [...TEXTS, '', ['https://as.example.com']], UNKNOWN_ISSUER),
  ...['exp', 'nbf', 'iat'].flatMap((name) => [
    ...wrong(name, NUMBERS, CLAIM_MALFORMED),
    rawNumber(name, '1e309'),
    rawNumber(name, '-1e309'),
  ]),
  ...['sub', 'client_id', 'jti'].flatMap((name) => [
    ...wrong(name, TEXTS, CLAIM_MALFORMED),
    ...wrong(name, [''], CLAIM_MISSING),
  ]),
  ...wrong(
    'aud',
    [null, true, 1, {}, { 0: AUDIENCE }, [null], [AUDIENCE, 1], [[AUDIENCE]]],
    CLAIM_MALFORMED,
  ),
  ...wrong('aud', [''], CLAIM_MISSING),
  ...wrong(
    'aud',
    [
      [],
      [''],
      '*',
      'https://other.example.com',
      ['https://a.example', 'urn:b'],
      `${AUDIENCE}.evil`,
      `${AUDIENCE}/`,
      `${AUDIENCE} `,
      `${AUDIENCE} https://other.example.com`,
      `${AUDIENCE},x`,
      'https://API.example.com',
      `${AUDIENCE}\0`,
      'https://api.example.co',
    ],
    AUDIENCE_MISMATCH,
  ),
  ...wrong('scope', [null, 1, true, [], ['read:users'], {}], CLAIM_MALFORMED),
  ...wrong('exp', [0, -1, 1.5, NOW - 60, NOW - 5], EXPIRED),
  ...wrong('nbf', [NOW + 6, NOW + 60], NOT_YET_VALID),
  ...['iss', 'aud', 'exp', 'sub', 'client_id', 'iat', 'jti'].map((name) => ({
    name: `no ${name}`,
    token: aToken({ [name]: undefined }),
    answer: name === 'iss' ? UNKNOWN_ISSUER : CLAIM_MISSING,
  })),
]);

// Row 8: rightly signed tokens that are not for calling an API.

const TYPES = [
  'JWT',
  'jwt',
  'id_token',
  'logout+jwt',
  'dpop+jwt',
  'rt+jwt',
  'secevent+jwt',
  'token-introspection+jwt',
  'oauth-authz-req+jwt',
  'entity-statement+jwt',
  'jwk+jwt',
  'at+jwt;x=1',
  ' at+jwt',
  'at+jwt ',
  'at+jwt\0',
  'at-jwt',
  'at+JWΤ',
  'application/jwt',
  'application/application/at+jwt',
  'application/',
  'text/at+jwt',
  '',
];

underAttack('row 8: other kinds of tokens', [
  ...TYPES.map((typ) => ({
    name: `typ is ${JSON.stringify(typ)}`,
    token: aToken({}, { header: { typ } }),
    answer: NOT_ACCESS_TOKEN,
  })),
  ...[null, 1, ['at+jwt'], { at: 'jwt' }].map((typ) => ({
    name: `typ is ${JSON.stringify(typ)}`,
    token: aToken({}, { header: { typ } }),
    answer: MALFORMED,
  })),
  { name: 'no typ', token: aToken({}, { header: { typ: undefined } }), answer: NOT_ACCESS_TOKEN },
  {
    name: 'typ in the claims alone',
    token: aToken({ typ: 'at+jwt' }, { header: { typ: undefined } }),
    answer: NOT_ACCESS_TOKEN,
  },
  {
    name: 'an ID token (OpenID Connect Core §2)',
    token: aToken({ aud: 'web-app', nonce: 'n', at_hash: 'x' }, { header: { typ: 'JWT' } }),
    answer: NOT_ACCESS_TOKEN,
  },
  {
    name: 'a logout token (OpenID Connect Back-Channel Logout §2.4)',
    token: aToken(
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      { header: { typ: 'logout+jwt' } },
    ),
    answer: NOT_ACCESS_TOKEN,
  },
  ...['at_hash', 'c_hash', 'nonce', 'events'].map((name) => ({
    name: `another token under the typ of access tokens: ${name} is there`,
    token: aToken({ [name]: name === 'events' ? {} : 'Xr0v' }),
    answer: NOT_ACCESS_TOKEN,
  })),
  {
    name: 'a client assertion (RFC 7523): its audience is the authorization server',
    token: aToken({ aud: 'https://as.example.com', sub: 'web-app' }),
    answer: AUDIENCE_MISMATCH,
  },
]);

// Where `typ` says nothing, the provider's own mark must.
const REALM = 'https://id.example.com/realms/acme';
const keycloakClaims = {
  preferred_username: 'ada',
  iss: REALM,
  azp: 'web-app',
  client_id: undefined,
  sid: 's',
  typ: 'Bearer',
};

function ofKeycloak(claims: Readonly<Record<string, unknown>>): string {
  return aToken({ ...keycloakClaims, ...claims }, { header: { typ: 'JWT' } });
}

underAttack(
  'row 8: other tokens of a provider without at+jwt',
  [
    ...[
      'ID',
      'Refresh',
      'Offline',
      'Logout',
      'bearer',
      'DPoP',
      ['Bearer'],
      '',
      null,
      undefined,
    ].map((typ) => ({
      name: `typ is ${JSON.stringify(typ)}`,
      token: ofKeycloak({ typ }),
      answer: NOT_ACCESS_TOKEN,
    })),
  ],
  {
    options: {
      issuer: keycloak({ issuer: REALM, jwksUri: JWKS_URI }),
      audience: AUDIENCE,
    },
    honest: ofKeycloak({}),
  },
);
