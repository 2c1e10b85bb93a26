import { describe, expect, it } from 'vitest';
import { answerPolicy, checkAnswer } from '../../src/introspection/claims.ts';
import { clientSecretBasic } from '../../src/introspection/client-authentication.ts';
import { resolveIntrospection } from '../../src/introspection/resolve-introspection.ts';
import type { TokenClaims } from '../../src/model/principal.ts';
import {
  authlib,
  betterAuth,
  canaille,
  django,
  glewlwyd,
  hydra,
  keycloak,
  lemonldap,
  type Provider,
  spring,
  zitadel,
} from '../../src/providers/index.ts';
import { TABLES } from './all-tables.ts';
import { API, NO_KEYS, without } from './token-table.ts';

// What recorded answers do not show: answers as documentation and source have them, and as they must
// not be. The recorded ones are in test/recorded.

const NOW = 1_790_000_000;
const TIMES = { exp: NOW + 600, iat: NOW - 1 };
const issuer = 'https://as.parcels.example';
const realm = 'https://sso.parcels.example/realms/parcels';

function reading(provider: Provider, answer: object): string {
  const { introspected } = provider;
  if (introspected === undefined) return 'no rule';
  const policy = answerPolicy(provider, introspected, {
    audience: [API],
    isAudienceRequired: true,
    clockToleranceSec: 0,
  });
  const claims = answer as TokenClaims;
  const refusal = checkAnswer(claims, policy, NOW);
  return refusal?.reason ?? introspected.classify(claims).kind;
}

interface Case {
  readonly preset: string;
  /** Made by the test: what is made when the file loads is charged to no test. */
  readonly provider: () => Provider;
  /** An access token of a user, and of a machine. */
  readonly user: Readonly<Record<string, unknown>>;
  readonly client: object;
  /** What is active and is refused. */
  readonly others: readonly (readonly [what: string, answer: object, reading: string])[];
}

const kcUser = {
  ...TIMES,
  aud: API,
  sub: 'dana',
  azp: 'web',
  client_id: 'web',
  username: 'dana',
  jti: 'onrtac:1',
  typ: 'Bearer',
  token_type: 'Bearer',
};
const kcClient = {
  ...kcUser,
  sub: 'hidden-user',
  azp: 'nightly',
  client_id: 'nightly',
  username: 'service-account-nightly',
  jti: 'trrtcc:1',
};
const springUser = {
  ...TIMES,
  nbf: NOW - 1,
  aud: [API],
  sub: 'dana',
  client_id: 'web',
  token_type: 'Bearer',
  scope: 'parcels.read',
};
const hydraUser = {
  ...springUser,
  token_use: 'access_token',
};
const zitadelUser = {
  ...springUser,
  jti: 'z1',
  sub: '301870000017',
  username: 'dana',
};

const betterAuthUser = {
  ...TIMES,
  iss: issuer,
  aud: API,
  client_id: 'web',
  azp: 'web',
  sub: 'dana',
  sid: 's1',
  scope: 'parcels:read',
  token_type: 'Bearer',
};
const betterAuthClient = without(betterAuthUser, 'sub', 'sid');
const glewlwydUser = {
  ...TIMES,
  aud: API,
  client_id: 'web',
  jti: 'g1',
  sub: '3qCFWdZLWJ78phzj',
  username: 'dana',
  token_type: 'bearer',
};
const lemonldapUser = {
  ...TIMES,
  iss: issuer,
  aud: API,
  client_id: 'web',
  sub: 'dwho',
  scope: 'openid',
};
const authlibUser = {
  ...TIMES,
  iss: issuer,
  aud: [API],
  client_id: 'web',
  sub: '7',
  username: 'dana',
  scope: '',
  token_type: 'Bearer',
};
const djangoUser = { ...TIMES, aud: [API], client_id: 'web', scope: 'read', username: 'dana' };
const canailleUser = {
  ...TIMES,
  iss: issuer,
  aud: ['web', API],
  client_id: 'web',
  sub: 'dana',
  username: 'Dana Example',
  scope: 'openid parcels:read',
  token_type: 'Bearer',
};

const CASES: readonly Case[] = [
  {
    preset: 'betterAuth',
    provider: () => betterAuth({ issuer, jwks: NO_KEYS, deletedUsers: 'cascade' }),
    user: betterAuthUser,
    client: betterAuthClient,
    others: [
      ['a person without a session', without(betterAuthUser, 'sid'), 'user'],
      ['a machine by a JWT', { ...betterAuthClient, sub: 'web' }, 'client'],
      ['a session of nobody', { ...betterAuthClient, sid: 's1' }, 'unknown'],
      ['a person named like his client', { ...betterAuthUser, sub: 'web' }, 'unknown'],
      ['another party', { ...betterAuthUser, azp: 'other' }, 'unknown'],
      ['nobody of another party', { ...betterAuthClient, azp: 'other' }, 'unknown'],
      ['no token_type', without(betterAuthUser, 'token_type'), 'type_not_accepted'],
      ['no azp', without(betterAuthUser, 'azp'), 'claim_missing'],
      ['no client', without(betterAuthUser, 'client_id'), 'claim_missing'],
      ['no issuer', without(betterAuthUser, 'iss'), 'claim_missing'],
      ['the hash of an ID token', { ...betterAuthUser, at_hash: 'x' }, 'type_not_accepted'],
    ],
  },
  {
    preset: 'betterAuth, whose database may keep the tokens of people who were deleted',
    provider: () => betterAuth({ issuer, jwks: NO_KEYS }),
    user: betterAuthUser,
    client: { ...betterAuthClient, sub: 'web' },
    others: [['nobody', betterAuthClient, 'unknown']],
  },
  {
    preset: 'glewlwyd',
    provider: () => glewlwyd({ issuer, jwks: NO_KEYS }),
    user: glewlwydUser,
    client: without(glewlwydUser, 'sub', 'username'),
    others: [
      ['a person without a name', without(glewlwydUser, 'username'), 'unknown'],
      ['a person whose name is no text', { ...glewlwydUser, username: 7 }, 'unknown'],
      ['a name without a person', without(glewlwydUser, 'sub'), 'unknown'],
      [
        'a machine with a login',
        { ...without(glewlwydUser, 'sub', 'username'), acr: '1' },
        'unknown',
      ],
      ['a service account', { ...glewlwydUser, username: 'service-account-web' }, 'unknown'],
      ['no jti', without(glewlwydUser, 'jti'), 'claim_missing'],
      ['no client', without(glewlwydUser, 'client_id'), 'claim_missing'],
      ['no token_type', without(glewlwydUser, 'token_type'), 'type_not_accepted'],
      ['a refresh token', { ...glewlwydUser, token_use: 'refresh_token' }, 'type_not_accepted'],
    ],
  },
  {
    preset: 'lemonldap',
    provider: () => lemonldap({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
    user: lemonldapUser,
    client: { ...lemonldapUser, sub: 'web' },
    others: [
      ['no scope', without(lemonldapUser, 'scope'), 'claim_missing'],
      ['no sub', without(lemonldapUser, 'sub'), 'claim_missing'],
      ['no client', without(lemonldapUser, 'client_id'), 'claim_missing'],
      ['no issuer', without(lemonldapUser, 'iss'), 'claim_missing'],
      ['an ID token', { ...lemonldapUser, azp: 'web' }, 'type_not_accepted'],
      ['a nonce', { ...lemonldapUser, nonce: 'n' }, 'type_not_accepted'],
      [
        'a person named like his client',
        { ...lemonldapUser, sub: 'web', mail: 1, name: 'W' },
        'unknown',
      ],
    ],
  },
  {
    preset: 'lemonldap, by a macro, of which answers have nothing',
    provider: () =>
      lemonldap({
        issuer,
        jwks: NO_KEYS,
        classify: ({ caller_type: type }) =>
          type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse',
      }),
    user: { ...lemonldapUser, caller_type: 'human' },
    client: { ...lemonldapUser, caller_type: 'machine' },
    others: [['no macro', lemonldapUser, 'unknown']],
  },
  ...[
    () => authlib({ issuer, jwks: NO_KEYS, kindClaim: 'sub_type' }),
    () => authlib({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  ].map(
    (provider, index): Case => ({
      preset: `authlib, with ${index === 0 ? 'a claim of the kind' : 'a word on keys'}`,
      provider,
      user: authlibUser,
      client: { ...without(authlibUser, 'username'), sub: 'web' },
      others: [
        [
          'a machine called like the key of a person',
          { ...authlibUser, client_id: '7' },
          'unknown',
        ],
        [
          'a machine with a login',
          { ...without(authlibUser, 'username'), sub: 'web', acr: '1' },
          'unknown',
        ],
        ['a person whom get_username does not know', without(authlibUser, 'username'), 'unknown'],
        ['a person whose name is no text', { ...authlibUser, username: '' }, 'unknown'],
        ['a service account', { ...authlibUser, username: 'service-account-web' }, 'unknown'],
        ['no token_type', without(authlibUser, 'token_type'), 'type_not_accepted'],
        ['no sub', without(authlibUser, 'sub'), 'claim_missing'],
        ['no client', without(authlibUser, 'client_id'), 'claim_missing'],
      ],
    }),
  ),
  {
    preset: 'authlib, by a rule of the operator',
    provider: () =>
      authlib({
        issuer,
        jwks: NO_KEYS,
        classify: ({ sub }) => (sub === '7' ? 'user' : sub === 'web' ? 'client' : 'refuse'),
      }),
    user: authlibUser,
    client: { ...authlibUser, sub: 'web' },
    others: [['whom it refuses', { ...authlibUser, sub: '8' }, 'unknown']],
  },
  {
    preset: 'django',
    provider: () => django({ issuer, jwks: NO_KEYS }),
    user: djangoUser,
    client: without(djangoUser, 'username'),
    others: [
      ['a person whose name is no text', { ...djangoUser, username: null }, 'unknown'],
      ['a person of no name', { ...djangoUser, username: '' }, 'unknown'],
      ['a machine with a login', { ...without(djangoUser, 'username'), acr: '1' }, 'unknown'],
      ['no client', without(djangoUser, 'client_id'), 'claim_missing'],
      ['no scope', without(djangoUser, 'scope'), 'claim_missing'],
    ],
  },
  {
    preset: 'canaille',
    provider: () => canaille({ issuer, jwks: NO_KEYS }),
    user: canailleUser,
    client: without(canailleUser, 'sub', 'username'),
    others: [
      ['a person without a name', without(canailleUser, 'username'), 'unknown'],
      ['a name without a person', without(canailleUser, 'sub'), 'unknown'],
      [
        'a machine with a login',
        { ...without(canailleUser, 'sub', 'username'), acr: '1' },
        'unknown',
      ],
      ['another token_type', { ...canailleUser, token_type: 'N_A' }, 'type_not_accepted'],
      [
        'a token that is bound to a key, which it never issues',
        { ...canailleUser, token_type: 'DPoP', cnf: { jkt: 'k' } },
        'type_not_accepted',
      ],
      ['a nonce', { ...canailleUser, nonce: 'n' }, 'type_not_accepted'],
      ['no client', without(canailleUser, 'client_id'), 'claim_missing'],
      ['no token_type', without(canailleUser, 'token_type'), 'type_not_accepted'],
    ],
  },
  {
    preset: 'keycloak',
    provider: () => keycloak({ issuer: realm, jwks: NO_KEYS }),
    user: kcUser,
    client: kcClient,
    others: [
      ['a refresh token', { ...kcUser, typ: 'Refresh' }, 'type_not_accepted'],
      ['an ID token', { ...kcUser, typ: 'ID' }, 'type_not_accepted'],
      ['a bound token without its bond', { ...kcUser, typ: 'DPoP' }, 'type_not_accepted'],
      ['a lightweight token without sub', without(kcUser, 'sub'), 'unknown'],
      ['a machine of an older release', { ...kcClient, jti: 'c0ffee' }, 'unknown'],
      ['an exchanged token of a machine', { ...kcClient, jti: 'trrtte:1' }, 'unknown'],
      ['a client that is not azp', { ...kcUser, client_id: 'other' }, 'unknown'],
      ['no jti', without(kcUser, 'jti'), 'claim_missing'],
      ['no azp', without(kcUser, 'azp'), 'claim_missing'],
    ],
  },
  {
    preset: 'spring',
    provider: () => spring({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
    user: springUser,
    client: { ...springUser, sub: 'web' },
    others: [
      ['a refresh token', { ...TIMES, client_id: 'web' }, 'type_not_accepted'],
      [
        'an ID token',
        { ...without(springUser, 'token_type', 'nbf'), aud: [API, 'web'], azp: 'web', sid: 's' },
        'type_not_accepted',
      ],
      [
        'an ID token with a time as text',
        { ...springUser, auth_time: '2026-11-28T23:04:09Z' },
        'claim_malformed',
      ],
      ['a person named like his client', { ...springUser, sub: 'web', email: 'a@b.c' }, 'unknown'],
      ['no nbf', without(springUser, 'nbf'), 'claim_missing'],
    ],
  },
  {
    preset: 'hydra',
    provider: () => hydra({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
    user: hydraUser,
    client: { ...without(hydraUser, 'scope'), sub: 'web' },
    others: [
      ['a refresh token', { ...hydraUser, token_use: 'refresh_token' }, 'type_not_accepted'],
      ['no token_use', without(hydraUser, 'token_use'), 'type_not_accepted'],
      ['the hash of an ID token', { ...hydraUser, at_hash: 'x' }, 'type_not_accepted'],
      ['an assertion', { ...hydraUser, aud: [API, `${issuer}/oauth2/token`] }, 'unknown'],
      [
        'a person named like his client',
        { ...hydraUser, sub: 'web', ext: { email: 'a@b.c' } },
        'unknown',
      ],
    ],
  },
  {
    preset: 'zitadel',
    provider: () =>
      zitadel({
        issuer,
        jwks: NO_KEYS,
        classify: ({ caller_type: type }) =>
          type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse',
      }),
    user: { ...zitadelUser, caller_type: 'human' },
    client: { ...zitadelUser, caller_type: 'machine' },
    others: [
      ['no kind', zitadelUser, 'unknown'],
      [
        'no token_type',
        { ...without(zitadelUser, 'token_type'), caller_type: 'human' },
        'type_not_accepted',
      ],
      ['a nonce', { ...zitadelUser, caller_type: 'human', nonce: 'n' }, 'type_not_accepted'],
    ],
  },
];

describe.each(CASES)('answers of $preset', ({ preset, provider, user, client, others }) => {
  it('about access tokens are of a user, and of a client', () => {
    expect([reading(provider(), user), reading(provider(), client)]).toEqual(['user', 'client']);
  });

  it.each(others)('about %s are refused', (_what, answer, expected) => {
    expect(reading(provider(), answer)).toBe(expected);
  });

  it('grant the scopes that they name', () => {
    // The preset for Zitadel reads no scopes.
    const { scope: written = '' } = user;
    const scope = preset === 'zitadel' ? '' : written;
    const named = String(scope)
      .split(' ')
      .filter((each) => each !== '');
    expect(provider().authority.scopes(user as TokenClaims, {})).toEqual(named);
  });

  it('are read by a rule that can be shown', () => {
    for (const answer of [user, client, ...others.map(([, other]) => other)]) {
      const { rule } = provider().introspected?.classify(answer as TokenClaims) ?? { rule: '' };
      expect(rule).toMatch(/^[a-z][\x20-\x7e]+$/);
    }
  });

  it.each(['aud', 'exp'])('without %s are refused', (name) => {
    expect(reading(provider(), without(user, name))).toBe('claim_missing');
  });

  it('for another API, or of another issuer, are refused', () => {
    expect(reading(provider(), { ...user, aud: 'https://other.example' })).toBe(
      'audience_mismatch',
    );
    expect(reading(provider(), { ...user, iss: 'https://evil.example' })).toBe('issuer_unknown');
  });
});

describe('presets', () => {
  const made = () => TABLES.map(({ create, issuer: iss }) => create(iss));
  const ask = () => ({ active: false });

  it('without a rule for answers say what to write', () => {
    const without = made().filter(({ introspected }) => introspected === undefined);
    expect(without.length).toBeGreaterThan(10);
    for (const provider of without) {
      const expected =
        provider.notIntrospected ?? 'Write a rule of your own: issuer: custom({ issuer:';
      expect(() => resolveIntrospection(provider, { ask })).toThrow(expected);
    }
  });

  it.each(['betterAuth', 'canaille', 'django', 'glewlwyd', 'hydra', 'lemonldap', 'authlib'])(
    'refuse signed for %s, which signs no answers that could be read',
    (preset) => {
      const provider = made().find((each) => each.preset === preset);
      const signed = { client: clientSecretBasic('api', 'secret'), signed: true };
      expect(() => resolveIntrospection(provider ?? expect.unreachable(), signed)).toThrow(
        `introspection.signed: ${preset} never signs its answers`,
      );
    },
  );

  it('with a rule for answers are exactly these', () => {
    const ruled = made().filter(({ introspected }) => introspected !== undefined);
    expect(ruled.map(({ preset }) => preset).sort()).toEqual([
      'authlib',
      'betterAuth',
      'canaille',
      'django',
      'glewlwyd',
      'hydra',
      'keycloak',
      'lemonldap',
      'oidcProvider',
      'rfc9068',
      'spring',
      'zitadel',
    ]);
  });
});
