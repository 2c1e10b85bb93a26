import { describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  aClientToken,
  aClock,
  aToken,
  ISSUER,
  jwks,
  NOW,
} from '../../../../test/support/tokens.ts';
import { google } from '../../src/providers/google.ts';
import { memoryRevocations } from '../../src/stores/memory-revocations.ts';
import type { RevocationQuery } from '../../src/stores/revocation-store.ts';
import { tokenDigest } from '../../src/stores/revocation-target.ts';
import { aResourceServer } from '../resource-servers.ts';

/** Records what a store is asked. */
function anAskedStore(cache?: false) {
  const asked: RevocationQuery[] = [];
  const store = {
    retainSec: 86_400,
    isRevoked(query: RevocationQuery) {
      asked.push(query);
      return false;
    },
  };
  const server = aResourceServer({ revocation: { store }, ...(cache === false && { cache }) });
  return { asked, server };
}

describe('the question to a store', () => {
  it('has the data of a user’s token, and cannot be changed', async () => {
    const { asked, server } = anAskedStore();
    const token = aToken({ sid: 's-1' });
    const { key } = await server.verify(token);
    const [query] = asked;
    expect(query).toMatchObject({
      issuers: [ISSUER],
      tokenId: 'token-1',
      tokenDigest: tokenDigest(token),
      sessionId: 's-1',
      subject: 'ada',
      principalKey: key,
      clientId: 'web-app',
      issuedAt: NOW,
      expiresAt: NOW + 600,
    });
    expect(Object.isFrozen(query)).toBe(true);
    expect(Object.isFrozen(query?.issuers)).toBe(true);
    expect(JSON.stringify(query)).not.toContain(token);
  });

  it('has the data of a client’s token', async () => {
    const { asked, server } = anAskedStore();
    await server.verify(aClientToken());
    expect(asked[0]).toMatchObject({ subject: 'nightly-sync', clientId: 'nightly-sync' });
  });

  it('has undefined for claims that the token does not have', async () => {
    const { asked, server } = anAskedStore();
    await server.verify(aToken());
    expect(asked[0]).toMatchObject({ sessionId: undefined });
  });

  it('is the same object while the token is cached, so that digests are computed once', async () => {
    const { asked, server } = anAskedStore();
    const token = aToken();
    await server.verify(token);
    await server.verify(token);
    await server.verify(aToken({ jti: 'token-2' }));
    expect(asked[1]).toBe(asked[0]);
    expect(asked[2]).not.toBe(asked[0]);
    expect(asked[0]?.tokenDigest).toBe(asked[1]?.tokenDigest);
  });

  it('is made anew if nothing is cached', async () => {
    const { asked, server } = anAskedStore(false);
    const token = aToken();
    await server.verify(token);
    await server.verify(token);
    expect(asked[1]).not.toBe(asked[0]);
    expect(asked[1]).toEqual(asked[0]);
  });
});

describe('an entry that accepts two forms of `iss`', () => {
  it('names the configured one as well', async () => {
    const store = memoryRevocations({ clock: aClock() });
    const server = aResourceServer({
      issuer: google({ jwks, serviceAccounts: [] }),
      audience: AUDIENCE,
      revocation: { store },
    });
    const azp = '1.apps.googleusercontent.com';
    const claims = { sub: '17', azp, client_id: undefined };
    const options = { header: { typ: 'JWT' } };
    const forms = ['accounts.google.com', 'https://accounts.google.com'].map((iss) =>
      aToken({ ...claims, iss }, options),
    );
    for (const token of forms) await server.verify(token);
    await store.revokeSubject({ issuer: 'https://accounts.google.com', subject: '17' });
    for (const token of forms) {
      await expect(server.verify(token)).rejects.toMatchObject({ reason: 'token_revoked' });
    }
    await store.clear({ kind: 'subject', issuer: 'https://accounts.google.com', subject: '17' });
    await store.revokeSubject({ issuer: 'accounts.google.com', subject: '17' });
    const [bare = '', configured = ''] = forms;
    await expect(server.verify(bare)).rejects.toMatchObject({ reason: 'token_revoked' });
    expect(await server.verify(configured)).toMatchObject({ kind: 'user' });
  });
});
