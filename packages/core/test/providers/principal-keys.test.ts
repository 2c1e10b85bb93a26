import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../src/model/principal.ts';
import { buildPrincipal } from '../../src/pipeline/build-principal.ts';
import {
  cognito,
  descope,
  firebase,
  google,
  kubernetes,
  type Provider,
  zitadel,
} from '../../src/providers/index.ts';
import { NO_KEYS, TIMES } from './token-table.ts';

/** What an application stores beside its rows; `undefined` when the token is refused. */
function keyOf(provider: Provider, claims: TokenClaims): string | undefined {
  const classification = provider.classify(claims, {});
  const principal = buildPrincipal(provider, classification, claims, {}, claims);
  return 'reason' in principal ? undefined : principal.key;
}

describe('firebase', () => {
  const provider = () => firebase({ projectId: 'parcels-prod', jwks: NO_KEYS });
  const iss = 'https://securetoken.google.com/parcels-prod';
  const keyIn = (sub: string, tenant?: string) =>
    keyOf(provider(), {
      iss,
      sub,
      ...TIMES,
      firebase: { sign_in_provider: 'password', ...(tenant === undefined ? {} : { tenant }) },
    });
  const prefix = `user:${encodeURIComponent(iss)}:`;

  it('gives a user without a tenant the same key as before', () => {
    expect(keyIn('Lk2Pq')).toBe(`${prefix}Lk2Pq`);
  });

  it('has another key for the same uid in each tenant', () => {
    expect(keyIn('Lk2Pq', 'north-a1')).toBe(`${prefix}north-a1%2FLk2Pq`);
    expect(keyIn('Lk2Pq', 'south-b2')).toBe(`${prefix}south-b2%2FLk2Pq`);
  });

  it('gives a user of a tenant another key than a user whose uid looks the same', () => {
    const ids = [
      keyIn('Lk2Pq', 'north-a1'),
      keyIn('north-a1/Lk2Pq'),
      keyIn('/north-a1/Lk2Pq'),
      keyIn('a1/Lk2Pq', 'north'),
      keyIn('Lk2Pq'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a provider with two names', () => {
  const pool = 'eu-west-1_Zk3Pq9';
  const original = `https://cognito-idp.eu-west-1.amazonaws.com/${pool}`;
  const updated = `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${pool}`;
  const clientIds = ['6k2v9h'] as const;
  const user = { sub: '5f1c', client_id: '6k2v9h', username: 'dana', ...TIMES };

  it.each([
    ['by its pool', () => cognito({ userPoolId: pool, jwks: NO_KEYS, clientIds })],
    ['by its original issuer', () => cognito({ issuer: original, jwks: NO_KEYS, clientIds })],
    ['by its updated issuer', () => cognito({ issuer: updated, jwks: NO_KEYS, clientIds })],
  ])('cognito %s names tokens of both, and gives a user one key', (_how, made) => {
    const provider = made();
    for (const iss of [original, updated]) {
      expect(provider.names?.({ ...user, iss })).toBe(true);
      expect(keyOf(provider, { ...user, iss })).toBe(`user:${encodeURIComponent(original)}:5f1c`);
    }
    expect(provider.names?.({ ...user, iss: original.replace('eu-west-1_', 'eu-west-2_') })).toBe(
      false,
    );
    expect(provider.names?.({ ...user, iss: updated.replace('amazonaws', 'evil') })).toBe(false);
    expect(provider.names?.(user)).toBe(false);
  });

  it('cognito in China recognizes the second issuer, and uses a configured name in keys', () => {
    const provider = cognito({
      userPoolId: 'cn-north-1_a',
      name: 'acme',
      jwks: NO_KEYS,
      clientIds,
    });
    const iss = 'https://issuer-cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_a';
    expect(provider.names?.({ ...user, iss })).toBe(true);
    expect(keyOf(provider, { ...user, iss })).toBe('user:acme:5f1c');
  });

  it('cognito reads its keys from the issuer that was given', () => {
    const { keys } = cognito({ issuer: updated, clientIds });
    expect(keys).toEqual({ kind: 'jwks', url: `${updated}/.well-known/jwks.json` });
  });

  it('cognito at another address, such as an emulator, has only one issuer', () => {
    const provider = cognito({ issuer: `http://localhost:4566/${pool}`, jwks: NO_KEYS, clientIds });
    expect(provider).not.toHaveProperty('names');
    expect(provider).not.toHaveProperty('name');
  });

  it('descope names tokens of the project in both forms, and gives a caller one key', () => {
    const provider = descope({ projectId: 'P2kQ7', jwks: NO_KEYS, classify: () => 'user' });
    for (const iss of ['P2kQ7', 'https://api.descope.com/P2kQ7']) {
      expect(provider.names?.({ iss })).toBe(true);
      expect(keyOf(provider, { iss, sub: 'U2abZ', ...TIMES })).toBe('user:P2kQ7:U2abZ');
    }
    expect(provider.names?.({ iss: 'https://evil.example/P2kQ7' })).toBe(false);
    expect(provider.names?.({ iss: 'P2other' })).toBe(false);
    const byUrl = descope({
      issuer: 'https://auth.acme.com/P2kQ7',
      baseUrl: 'https://auth.acme.com/',
      jwks: NO_KEYS,
      classify: () => 'user',
    });
    for (const iss of ['P2kQ7', 'https://auth.acme.com/P2kQ7']) {
      expect(byUrl.names?.({ iss })).toBe(true);
    }
  });

  it('google names tokens of both, and gives a user one key', () => {
    const provider = google({ serviceAccounts: [], jwks: NO_KEYS });
    const azp = '4471-web.apps.googleusercontent.com';
    for (const iss of ['https://accounts.google.com', 'accounts.google.com']) {
      const claims = { iss, azp, sub: '1044', ...TIMES };
      expect(provider.names?.(claims)).toBe(true);
      expect(keyOf(provider, claims)).toBe(
        `user:${encodeURIComponent('https://accounts.google.com')}:1044`,
      );
    }
    expect(provider.names?.({ iss: 'http://accounts.google.com' })).toBe(false);
    expect(provider.names?.({})).toBe(false);
  });
});

describe('kubernetes', () => {
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const token = (uid: string): TokenClaims => ({
    iss: issuer,
    sub: 'system:serviceaccount:shop:nightly',
    'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'nightly', uid } },
    ...TIMES,
  });

  it('gives an account that was made again the same key, unless keyBy is uid', () => {
    const byName = kubernetes({ issuer, jwks: NO_KEYS });
    expect(keyOf(byName, token('su1'))).toBe(keyOf(byName, token('su2')));
    expect(keyOf(kubernetes({ issuer, jwks: NO_KEYS, keyBy: 'name' }), token('su1'))).toBe(
      keyOf(byName, token('su1')),
    );
    const byUid = kubernetes({ issuer, jwks: NO_KEYS, keyBy: 'uid' });
    expect(keyOf(byUid, token('su1'))).toBe(`client:${encodeURIComponent(issuer)}:su1`);
    expect(keyOf(byUid, token('su2'))).toBe(`client:${encodeURIComponent(issuer)}:su2`);
  });
});

it('zitadel has one key for a service user, whichever grant wrote its client_id', () => {
  const provider = zitadel({
    issuer: 'https://acme.zitadel.cloud',
    jwks: NO_KEYS,
    classify: () => 'client',
  });
  const keys = ['nightly-sync', 'daily-sync', '3018'].map((client_id) =>
    keyOf(provider, { iss: 'https://acme.zitadel.cloud', sub: '3018', client_id, ...TIMES }),
  );
  expect(new Set(keys)).toEqual(
    new Set([`client:${encodeURIComponent('https://acme.zitadel.cloud')}:3018`]),
  );
});
