import { auth0 } from '@authly/core/providers';
import { expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClientToken, aToken } from '../support/tokens.ts';
import { type Attack, aTarget, underAttack } from './support/attack.ts';
import { JWKS_URI } from './support/keys.ts';
import {
  AMBIGUOUS,
  CLAIM_MALFORMED,
  CLIENT_REQUIRED,
  insufficientScope,
  USER_REQUIRED,
} from './support/refusals.ts';
import { claimsText } from './support/token-text.ts';

type Claims = Readonly<Record<string, unknown>>;

// Row 9: a machine that poses as a user, and a user who poses as a machine.

/** On a token whose `sub` is no client's id, each of these says that a machine is calling. */
const MACHINE_MARKS: readonly Claims[] = [
  { gty: 'client-credentials' },
  { gty: 'client_credentials' },
  { gty: ['password', 'client-credentials'] },
  { gty: { 0: 'client-credentials' } },
  { grant_type: 'client_credentials' },
  { idtyp: 'app' },
  { idtyp: 'App' },
  { sub_type: 'client' },
  { sub_type: 'USER' },
  { sub_type: null },
  { sub_profile: 'client' },
  { azp: 'ada' },
  { cid: 'ada' },
  { appid: 'ada' },
  { clientHost: '10.0.0.1' },
  { clientAddress: '10.0.0.1' },
  { clientId: 'web-app' },
  { preferred_username: 'service-account-web-app' },
  { preferred_username: 'SERVICE-ACCOUNT-web-app' },
  { username: 'service-account-web-app' },
  { email: 'sync@project.iam.gserviceaccount.com' },
  { sub: 'abc@clients' },
  { sub: 'spiffe://example.com/job' },
  { sub: 'system:serviceaccount:default:job' },
];

/** On a token whose `sub` is the client's id, each of these says that somebody signed in. */
const USER_MARKS: readonly Claims[] = [
  { auth_time: 1 },
  { acr: '1' },
  { acr: null },
  { amr: ['pwd'] },
  { sid: 's' },
  { sub_type: 'user' },
  { sub_profile: 'user' },
  { idtyp: 'user' },
  { gty: 'authorization_code' },
  { grant_type: 'password' },
  { caller_type: 'human' },
  { email: 'ada@example.com' },
  { email_verified: true },
  { preferred_username: 'ada' },
  { name: 'Ada' },
  { given_name: 'Ada' },
];

const posing: readonly Attack[] = [
  ...MACHINE_MARKS.map((claims) => ({
    name: `a user's sub beside ${JSON.stringify(claims)}`,
    token: aToken(claims),
    answer: AMBIGUOUS,
  })),
  ...USER_MARKS.map((claims) => ({
    name: `a client's sub beside ${JSON.stringify(claims)}`,
    token: aClientToken(claims),
    answer: AMBIGUOUS,
  })),
];

underAttack('row 9: neither user nor machine', posing);

underAttack(
  'row 9: a machine at the door of users',
  [
    { name: 'a client', token: aClientToken(), answer: USER_REQUIRED },
    {
      name: 'a client that says it is a user',
      token: aClientToken({ kind: 'user', userId: 'ada' }),
      answer: USER_REQUIRED,
    },
    {
      name: 'a client for which a user acts',
      token: aClientToken({ act: { sub: 'ada' } }),
      answer: USER_REQUIRED,
    },
    {
      name: 'a client with a user behind __proto__',
      token: aToken({}, { rawPayload: claimsText('"sub":"web-app","__proto__":{"sub":"ada"}') }),
      answer: USER_REQUIRED,
    },
  ],
  { guards: ({ kit }) => [kit.requireUser()] },
);

underAttack(
  'row 9: a user at the door of machines',
  [
    { name: 'a user', token: aToken(), answer: CLIENT_REQUIRED },
    {
      name: 'a user who says they are a client',
      token: aToken({ kind: 'client', is_client: true }),
      answer: CLIENT_REQUIRED,
    },
    {
      name: 'a user for whom a client acts',
      token: aToken({ act: { sub: 'nightly-sync', client_id: 'nightly-sync' } }),
      answer: CLIENT_REQUIRED,
    },
  ],
  { guards: ({ kit }) => [kit.requireClient()], honest: aClientToken() },
);

const TENANT = 'https://acme.eu.auth0.com/';

function ofAuth0(claims: Claims): string {
  return aToken(
    { iss: TENANT, azp: 'web-app', client_id: undefined, sub: 'auth0|ada', ...claims },
    { header: { typ: 'JWT' } },
  );
}

underAttack(
  'row 9: kinds by the marks of Auth0',
  [
    { sub: 'ada' },
    { sub: 'x@clients' },
    { sub: 'auth0|ada@clients' },
    { sub: 'web-app@clients', gty: 'password' },
    { sub: 'web-app@clients', sub_profile: 'user' },
    { sub_profile: 'user', gty: 'client-credentials' },
    { sub_profile: 'ai_agent', gty: 'password' },
    { sub_profile: 'root' },
    { sub_profile: ['user'] },
    { client_profile: 'ai_agent' },
    { azp: undefined },
    { client_id: 'other' },
  ].map((claims) => ({ name: JSON.stringify(claims), token: ofAuth0(claims), answer: AMBIGUOUS })),
  {
    options: {
      issuer: auth0({ domain: 'acme.eu.auth0.com', jwksUri: JWKS_URI }),
      audience: AUDIENCE,
    },
    honest: ofAuth0({ gty: 'password' }),
  },
);

// Row 23, at the resource server: equal names of a user and a client are two callers.

it.each(frameworks)(
  'row 23: a user and a client with the same id have different keys in $name',
  async (framework) => {
    const target = await aTarget(framework);
    const user = JSON.parse((await target.send({ token: aToken({ sub: 'twin' }) })).body);
    const client = JSON.parse(
      (await target.send({ token: aClientToken({ sub: 'twin', client_id: 'twin' }) })).body,
    );
    expect([user.key, client.key]).toEqual([
      'user:https%3A%2F%2Fas.example.com:twin',
      'client:https%3A%2F%2Fas.example.com:twin',
    ]);
    target.close();
  },
);

it.each(frameworks)(
  'row 23: no separator in an id gives two callers the same key in $name',
  async (framework) => {
    const target = await aTarget(framework);
    const subs = [
      'a:b',
      'a%3Ab',
      'a/b',
      'user:https%3A%2F%2Fas.example.com:a',
      'a\0b',
      'a b',
      'ä',
      'a\u0308',
    ];
    const answers = await Promise.all(
      subs.map((sub) =>
        aTarget(framework).then(async (each) => {
          const { body } = await each.send({ token: aToken({ sub }) });
          each.close();
          return JSON.parse(body).key;
        }),
      ),
    );
    expect(new Set(answers).size).toBe(subs.length);
    for (const key of answers) expect(key.split(':')).toHaveLength(3);
    target.close();
  },
);

// Row 10: scopes that only look like the one that is needed.

const NEEDED = 'read:users';
const LACKING = insufficientScope(NEEDED);

const LOOKALIKES = [
  'read',
  'read:',
  'read:user',
  'read:users2',
  'read:users:all',
  'xread:users',
  'READ:USERS',
  'Read:Users',
  'read:users,write:users',
  'read:users;write:users',
  'read:users\twrite:users',
  'read:users\nwrite:users',
  'x\u00a0read:users',
  'read :users',
  'read: users',
  '"read:users"',
  "'read:users'",
  '[read:users]',
  'read%3Ausers',
  'read:*',
  'read:.*',
  '*',
  '.*',
  'admin',
  'all',
  ':',
  ' ',
  '',
  'read:users\0',
  'ｒead:users',
  'rеad:users', // a Cyrillic letter
  'read:u\u200dsers',
];

underAttack(
  'row 10: scopes',
  [
    ...LOOKALIKES.map((scope) => ({
      name: `scope ${JSON.stringify(scope)}`,
      token: aToken({ scope }),
      answer: LACKING,
    })),
    ...[undefined].map((scope) => ({
      name: 'no scope',
      token: aToken({ scope }),
      answer: LACKING,
    })),
    ...[[NEEDED], [[NEEDED]], { 0: NEEDED }, { [NEEDED]: true }, 1, true, null].map((scope) => ({
      name: `scope ${JSON.stringify(scope)}`,
      token: aToken({ scope }),
      answer: CLAIM_MALFORMED,
    })),
    ...['scp', 'scopes', 'permissions', 'roles', 'groups', 'entitlements', 'Scope', 'scope '].map(
      (name) => ({
        name: `the scope in ${JSON.stringify(name)}`,
        token: aToken({ scope: undefined, [name]: NEEDED }),
        answer: LACKING,
      }),
    ),
    {
      name: 'the scope behind __proto__',
      token: aToken({}, { rawPayload: claimsText(`"__proto__":{"scope":"${NEEDED}"}`, ['scope']) }),
      answer: LACKING,
    },
    {
      name: 'the scope in a first member, which the last replaces',
      token: aToken({}, { rawPayload: claimsText(`"scope":"write:users"`) }),
      answer: LACKING,
    },
    {
      name: '4,000 scopes, none of them it',
      token: aToken({ scope: Array.from({ length: 1_400 }, (_, i) => `s${i}`).join(' ') }),
      answer: LACKING,
    },
  ],
  { guards: ({ kit }) => [kit.requireScope(NEEDED)] },
);

underAttack(
  'row 10: a hierarchy lends no more than it says',
  [
    ...['admin', 'admin:user', 'admin:users:x', 'xadmin:users', '__proto__', 'constructor'].map(
      (scope) => ({
        name: `scope ${scope}`,
        token: aToken({ scope }),
        answer: LACKING,
      }),
    ),
  ],
  {
    options: { scopeImplies: { 'admin:users': [NEEDED], 'read:users': ['list:users'] } },
    guards: ({ kit }) => [kit.requireScope(NEEDED)],
    honest: aToken({ scope: 'admin:users' }),
  },
);
