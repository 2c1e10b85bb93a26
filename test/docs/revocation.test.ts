import { isAuthError } from '@authly/core';
import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import './snippets/revocation/contract.ts';

const auth0 = testIssuer({
  issuer: 'https://acme.eu.auth0.com/',
  audience: 'https://api.acme.com',
});

// The snippets name a real provider. Here its address is answered in this process.
beforeAll(() => {
  vi.stubGlobal('fetch', async (input: string | URL | Request) =>
    String(input instanceof Request ? input.url : input).endsWith('/jwks')
      ? Response.json(auth0.jwks)
      : Response.json({ issuer: auth0.issuer, jwks_uri: `${auth0.issuer}jwks` }),
  );
  return () => vi.unstubAllGlobals();
});

function aToken(claims: object = {}): string {
  const shape = { sub: 'auth0|17', azp: 'web-app', sub_type: undefined, client_id: undefined };
  return auth0.aToken({ ...shape, ...claims }, { header: { typ: 'JWT' } });
}

describe('the snippet for an app', () => {
  it('logs a user out everywhere, and lets operators revoke and clear', async () => {
    const { app, revocations } = await import('./snippets/revocation/app.ts');
    const api = supertest(app);
    const me = async (token: string) =>
      (await api.get('/me').auth(token, { type: 'bearer' })).status;
    const [ada, phone] = [aToken(), aToken({ sid: 'phone' })];
    const bob = aToken({ sub: 'auth0|18', scope: 'admin:sessions', sid: 'other' });
    expect([await me(ada), await me(phone), await me(bob)]).toEqual([200, 200, 200]);

    await api.post('/sessions/phone/end').auth(bob, { type: 'bearer' }).expect(204);
    expect([await me(ada), await me(phone), await me(bob)]).toEqual([200, 401, 200]);

    await api.post('/log-out-everywhere').auth(ada, { type: 'bearer' }).expect(204);
    expect([await me(ada), await me(bob)]).toEqual([401, 200]);

    await revocations.revokeSubject({ issuer: auth0.issuer, subject: 'auth0|18' });
    expect(await me(bob)).toBe(401);
    await revocations.clear({ kind: 'subject', issuer: auth0.issuer, subject: 'auth0|18' });
    const clear = (sub: string) =>
      api.delete(`/revocations/users/${encodeURIComponent(sub)}`).auth(bob, { type: 'bearer' });
    await revocations.revokeSubject({ issuer: auth0.issuer, subject: 'auth0|19' });
    await clear('auth0|19').expect(204);
    await clear('auth0|19').expect(404);
  });
});

describe('the snippet for a table of your own', () => {
  it('refuses the tokens that the table names, and reports an outage once', async () => {
    const { db, reports, resourceServer } = await import('./snippets/revocation/table.ts');
    const outcome = async (token: string) => {
      try {
        await resourceServer.verify(token);
        return 'accepted';
      } catch (error) {
        return isAuthError(error) ? error.reason : String(error);
      }
    };
    const token = aToken({ jti: 'x' });
    expect(await outcome(token)).toBe('accepted');
    db.rows.add(`${auth0.issuer} x`);
    expect(await outcome(token)).toBe('token_revoked');
    expect(await outcome(aToken({ jti: 'y' }))).toBe('accepted');
    db.isUp = false;
    expect(await outcome(token)).toBe('revocation_unavailable');
    expect(await outcome(token)).toBe('revocation_unavailable');
    expect(reports).toEqual(['The store of revocation is down: refused']);
    db.isUp = true;
    expect(await outcome(token)).toBe('token_revoked');
  });
});
