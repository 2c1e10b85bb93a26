import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  aClock,
  aToken,
  issuerKey,
  jwks,
  publicKeyOf,
} from '../../../../test/support/tokens.ts';
import { createResourceServer } from '../../src/create-resource-server.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { custom, duende, keycloak, rfc9068, spring, zitadel } from '../../src/providers/index.ts';

const classify = () => 'client' as const;

describe('custom() with keys given', () => {
  it.each([
    'http://adfs.acme.com/adfs/services/trust',
    'https://as.acme.com/tenant/',
    'https://as.acme.com?tenant=a#b',
    'as.acme.com',
    'urn:acme:as',
    'Acme Single Sign-On',
    'spiffe://acme.com',
  ])('accepts %s as iss, and compares it exactly', async (issuer) => {
    const provider = custom({ issuer, jwks, classify });
    const options = { issuer: provider, audience: AUDIENCE, clock: aClock() };
    const server = createResourceServer(options);
    const token = (iss: string) => aToken({ iss });
    expect(await server.verify(token(issuer))).toMatchObject({ issuer });
    await expect(async () => server.verify(token(`${issuer}/`))).rejects.toMatchObject({
      reason: 'issuer_unknown',
    });
    expect(() => custom({ issuer, jwksUri: 'https://as.acme.com/k', classify })).not.toThrow();
  });

  it.each(['', ' urn:acme:as', 'as acme:', '1:2', undefined, 7])('refuses %j as iss', (issuer) => {
    const options = { issuer, jwks, classify };
    expect(() => Reflect.apply(custom, undefined, [options])).toThrow("write issuer: '…'");
  });

  it('still requires an https URL for discovery', () => {
    expect(() => custom({ issuer: 'urn:acme:as', classify })).toThrow('must be an https URL');
    const options = { issuer: custom({ issuer: 'http://as.acme.com', classify }), audience: 'a' };
    expect(() => createResourceServer(options)).toThrow('must be fetched over https');
  });

  it('says for a PEM what to write, and that line works', () => {
    const pem = publicKeyOf(issuerKey).export({ format: 'pem', type: 'spki' }).toString();
    const options = { issuer: 'urn:acme:as', jwks: pem, classify };
    expect(() => Reflect.apply(custom, undefined, [options])).toThrow(
      "createPublicKey(pem).export({ format: 'jwk' })",
    );
    const keys = [{ ...createPublicKey(pem).export({ format: 'jwk' }), kid: issuerKey.kid }];
    const issuer = custom({ issuer: 'urn:acme:as', jwks: { keys }, classify });
    expect(() => createResourceServer({ issuer, audience: AUDIENCE })).not.toThrow();
  });
});

describe('an issuer over http', () => {
  it('is accepted if its keys are given', () => {
    const issuer = 'http://keycloak:8080/realms/a';
    for (const provider of [
      keycloak({ issuer, jwks }),
      keycloak({ issuer, jwksUri: 'https://keycloak.internal/certs' }),
      rfc9068({ issuer: 'http://as.acme.com', jwks }),
    ]) {
      expect(() => createResourceServer({ issuer: provider, audience: AUDIENCE })).not.toThrow();
    }
  });

  it('is allowed for hosts of allowHttp, and an event reports it at start', () => {
    const events: AuthEvent[] = [];
    const options = {
      issuers: [
        { ...keycloak('http://keycloak:8080/realms/a'), audience: AUDIENCE },
        {
          ...rfc9068({ issuer: 'https://as.acme.com', jwksUri: 'http://172.18.0.3/k' }),
          audience: AUDIENCE,
        },
        { ...rfc9068('http://localhost:3000'), audience: AUDIENCE },
      ],
      onEvent: (event: AuthEvent) => events.push(event),
    } as const;
    expect(() => createResourceServer(options)).toThrow("allowHttp: ['keycloak'] next to issuer");
    createResourceServer({ ...options, allowHttp: ['keycloak', '172.18.0.3'] }).close();
    expect(events.filter(({ type }) => type === 'config.http_allowed')).toEqual([
      { type: 'config.http_allowed', issuer: 'http://keycloak:8080/realms/a', host: 'keycloak' },
      { type: 'config.http_allowed', issuer: 'https://as.acme.com', host: '172.18.0.3' },
    ]);
  });
});

describe('a slash at the end of an issuer', () => {
  it.each([
    ['spring', () => spring({ issuer: 'https://as.acme.com/', subjectNamespaces: 'disjoint' })],
    ['duende', () => duende('https://id.acme.com/')],
    ['zitadel', () => zitadel({ issuer: 'https://id.acme.com/', classify })],
  ])('is accepted by %s, because operators may configure one there', (_what, make) => {
    expect(make().issuer).toMatch(/com\/$/);
  });
});
