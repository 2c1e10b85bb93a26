import { describe, expect, it } from 'vitest';
import * as presets from '../../src/providers/index.ts';
import { TABLES } from './all-tables.ts';
import { classified } from './token-table.ts';

/** Claims that say outright that the subject is a user, or which grant of users it was. */
const USER_MARKS = [
  { sub_type: 'user' },
  { sub_profile: 'user' },
  { idtyp: 'user' },
  { gty: 'authorization_code' },
  { gty: [] },
  { gty: ['authorization_code', 'refresh_token'] },
  { grant_type: 'password' },
  { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' },
  { caller_type: 'human' },
  { caller_type: 'user' },
  { caller_type: 'Person' },
  { principal_type: 'user' },
  { subject_type: 'person' },
  { user_type: 'human' },
] as const;

/** The same of machines. */
const CLIENT_MARKS = [
  { sub_type: 'client' },
  { sub_profile: 'service' },
  { sub_profile: 'service ai_agent' },
  { idtyp: 'app' },
  { idtyp: 'device' },
  { gty: 'client_credentials' },
  { gty: ['client_credentials', 'refresh_token'] },
  { gty: 7 },
  { gty: [] },
  { grant_type: 'client-credentials' },
  { caller_type: 'machine' },
  { caller_type: 'service' },
  { principal_type: 'client' },
  { subject_type: 'workload' },
  { user_type: 'service_account' },
] as const;

/**
 * Grants whose subject comes from another token or an assertion. No rule about `sub` is valid for
 * them.
 */
const GRANTS_OF_EITHER = [
  { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' },
  { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
  { gty: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] },
  { gty: 'token_exchange' },
] as const;

/** Marks that go with a kind, or say nothing of it. */
const NEUTRAL = [
  { caller_type: 'premium' },
  { user_type: 'admin' },
  { principal_type: 'north' },
] as const;

/** Presets that rest on `sub` and the client's id, and those that have other evidence of the kinds. */
const COMPARING = TABLES.filter(({ byComparison }) => byComparison);
const OTHERS = TABLES.filter(({ preset }) =>
  ['authly', 'duende', 'pingam', 'pingone'].includes(preset),
);

/** Presets that take a token for what claims of their own say, or the operator does, or have one kind. */
const BY_OWN_EVIDENCE = [
  'auth0',
  'authentik',
  'buildkite',
  'canaille',
  'circleci',
  'clerk',
  'cloudflareAccess',
  'cognito',
  'custom',
  'descope',
  'django',
  'entra',
  'firebase',
  'fusionauth',
  'githubActions',
  'gitlab',
  'google',
  'keycloak',
  'kinde',
  'kubernetes',
  'okta',
  'spiffe',
  'stytch',
  'supabase',
  'vercel',
  'workos',
  'zitadel',
];

it('every preset has an entry that says what its rule is based on', () => {
  const known = [...COMPARING, ...OTHERS].map(({ preset }) => preset);
  expect([...known, ...BY_OWN_EVIDENCE].toSorted()).toEqual(Object.keys(presets).toSorted());
});

it('the presets whose rule compares sub with the client id are listed', () => {
  expect(COMPARING.map(({ preset }) => preset).toSorted()).toEqual(
    expect.arrayContaining([
      'authlib',
      'betterAuth',
      'curity',
      'glewlwyd',
      'lemonldap',
      'hydra',
      'logto',
      'oidcProvider',
      'rfc9068',
      'spring',
    ]),
  );
});

describe.each([...COMPARING, ...OTHERS])('$preset', ({ create, issuer, tokens, ...table }) => {
  // With options of its own a token may be read by the operator's rule, which knows better.
  const good = tokens.filter(({ contrived, expect: expected, provider }) => {
    return expected !== 'refused' && contrived !== true && provider === undefined;
  });

  function readings(kind: 'user' | 'client', mark: Readonly<Record<string, unknown>>) {
    const usual = create(issuer);
    return (
      good
        .filter(({ expect: expected }) => expected !== 'refused' && expected.kind === kind)
        // A token that names its kind by this very claim is read by it.
        .filter(({ claims }) => Object.keys(mark).every((name) => !Object.hasOwn(claims, name)))
        .map(({ claims, header, name }) => {
          const reading = classified(usual, { claims: { ...claims, ...mark }, header });
          return [name, reading === 'refused' ? reading : reading.kind] as const;
        })
    );
  }

  it.each(USER_MARKS)('refuses a client’s token that also has the user mark %j', (mark) => {
    for (const [name, reading] of readings('client', mark))
      expect([name, reading]).toEqual([name, 'refused']);
  });

  it.each(CLIENT_MARKS)('refuses a user’s token that also has the client mark %j', (mark) => {
    for (const [name, reading] of readings('user', mark))
      expect([name, reading]).toEqual([name, 'refused']);
  });

  it.each(GRANTS_OF_EITHER)(
    'refuses both kinds with %j if its rule compares sub with the client id',
    (mark) => {
      if (!table.byComparison) return;
      for (const kind of ['user', 'client'] as const) {
        for (const [name, reading] of readings(kind, mark))
          expect([name, reading]).toEqual([name, 'refused']);
      }
    },
  );

  it.each(NEUTRAL)('reads both kinds if %j is added', (mark) => {
    for (const kind of ['user', 'client'] as const) {
      for (const [name, reading] of readings(kind, mark))
        expect([name, reading]).toEqual([name, kind]);
    }
  });

  it('reads a client’s token that has marks of clients', () => {
    for (const mark of [
      { sub_type: 'client' },
      { gty: 'client_credentials' },
      { idtyp: 'app' },
      { sub_profile: 'service ai_agent' },
      { caller_type: 'machine' },
    ]) {
      for (const [name, reading] of readings('client', mark))
        expect([name, reading]).toEqual([name, 'client']);
    }
  });

  it('reads a user’s token that has marks of users', () => {
    for (const mark of [
      { sub_type: 'user' },
      { gty: 'authorization_code' },
      { idtyp: 'user' },
      { caller_type: 'human' },
    ]) {
      for (const [name, reading] of readings('user', mark))
        expect([name, reading]).toEqual([name, 'user']);
    }
  });
});
