import { describe, expect, it } from 'vitest';
import { NOW } from '../../../../test/support/tokens.ts';
import { headerCertificate } from '../../src/binding/header-certificate.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import type { LeaseExtras } from '../../src/lease/lease-state.ts';
import {
  countRenewal,
  isRenewalOf,
  renewalPresentation,
  withProof,
} from '../../src/lease/renewal.ts';
import type { Actor } from '../../src/model/principal.ts';
import { selfSigned } from '../http/self-signed.ts';
import { aHeld, type HeldFacts } from './held.ts';

const actor = (facts: Partial<Actor>): Actor => ({
  profile: 'unknown',
  subject: undefined,
  clientId: undefined,
  issuer: undefined,
  previous: [],
  ...facts,
});
const bound = (confirmation: Readonly<Record<string, unknown>>): HeldFacts => ({
  principal: { confirmation },
  verified: { isBound: true },
});

describe('a renewal', () => {
  it.each<readonly [string, HeldFacts, HeldFacts]>([
    [
      'another time',
      {},
      { principal: { expiresAt: NOW + 1, issuedAt: NOW, tokenId: 'id-9', sessionId: 'other' } },
    ],
    [
      'another audience beside ours',
      {},
      { principal: { audience: ['https://x.example', 'https://api.example.com'] } },
    ],
    [
      'ours twice',
      {},
      { principal: { audience: ['https://api.example.com', 'https://api.example.com'] } },
    ],
    [
      'the same actor',
      { principal: { actor: actor({ subject: 'a' }) } },
      { principal: { actor: actor({ subject: 'a', profile: 'agent' }) } },
    ],
    ['the same key', bound({ jkt: 'a' }), bound({ jkt: 'a', kid: 'b' })],
    ['a `cnf` that nothing binds', {}, { principal: { confirmation: { jkt: 'a' } } }],
  ])('may have %s', (_what, before, after) => {
    expect(isRenewalOf(aHeld(before), aHeld(after))).toBe(true);
  });

  it.each<readonly [string, HeldFacts, HeldFacts]>([
    ['principal', {}, { principal: { key: 'user:as:grace' } }],
    ['configured issuer', {}, { issuer: 'https://other.example.com' }],
    ['`iss`', {}, { principal: { issuer: 'https://other.example.com' } }],
    ['client', {}, { principal: { clientId: 'other-app' } }],
    ['actor that was not there', {}, { principal: { actor: actor({}) } }],
    [
      'actor by its subject',
      { principal: { actor: actor({ subject: 'a' }) } },
      { principal: { actor: actor({ subject: 'b' }) } },
    ],
    [
      'actor by its client',
      { principal: { actor: actor({ clientId: 'a' }) } },
      { principal: { actor: actor({ clientId: 'b' }) } },
    ],
    [
      'actor by its issuer',
      { principal: { actor: actor({ issuer: 'a' }) } },
      { principal: { actor: actor({ issuer: 'b' }) } },
    ],
    [
      'audience of ours',
      { audience: ['a', 'b'], principal: { audience: ['a', 'b'] } },
      { audience: ['a', 'b'], principal: { audience: ['a'] } },
    ],
    [
      'audience where none is configured',
      { audience: undefined },
      { audience: undefined, principal: { audience: ['x'] } },
    ],
    ['key', bound({ jkt: 'a' }), bound({ jkt: 'b' })],
    ['certificate', bound({ jkt: 'a', 'x5t#S256': 'a' }), bound({ jkt: 'a', 'x5t#S256': 'b' })],
    ['binding that was not there', {}, bound({ jkt: 'a' })],
    ['binding, which is gone', bound({ jkt: 'a' }), {}],
  ])('may not have another %s', (_what, before, after) => {
    expect(isRenewalOf(aHeld(before), aHeld(after))).toBe(false);
  });
});

describe('the presentation of a renewal', () => {
  const opened: RequestView = {
    method: 'GET',
    url: '/chat?room=1',
    header: (name) => `the ${name}`,
    identity: {},
    peerAddress: '192.0.2.7',
    peerCertificate: () => new Uint8Array([7]),
  };

  it('has the request that opened the connection, with the new proof and without the old credentials', () => {
    const { token, scheme, request } = renewalPresentation('t', 'p', opened);
    expect([token, scheme]).toEqual(['t', 'dpop']);
    expect(request).toMatchObject({ method: 'GET', url: '/chat?room=1', peerAddress: '192.0.2.7' });
    expect(['dpop', 'authorization', 'upgrade'].map((name) => request?.header(name))).toEqual([
      'p',
      undefined,
      'the upgrade',
    ]);
    expect(request?.peerCertificate?.()).toEqual(new Uint8Array([7]));
    expect(request?.identity).toEqual({});
    expect(request?.identity).not.toBe(opened.identity);
    expect(request?.identity).not.toBe(withProof(opened, 'p').identity);
    expect(request?.setResponseHeader).toBeUndefined();
  });

  it.each([true, false, undefined])(
    'has the certificate that a proxy names, as long as the proxy is trusted (%s)',
    (overUnixSocket) => {
      const value = `:${selfSigned().der.toString('base64')}:`;
      const source = headerCertificate({ format: 'rfc9440', proxies: ['unix'] });
      const view = { ...opened, header: () => value, peerAddress: undefined, overUnixSocket };
      const certificate = source.thumbprintOf(view);
      expect(certificate !== undefined).toBe(overUnixSocket === true);
      expect(source.thumbprintOf(withProof(view, undefined))).toBe(certificate);
    },
  );

  it('is Bearer without a proof, and then needs no request', () => {
    expect(renewalPresentation('t', undefined, undefined)).toEqual({
      token: 't',
      scheme: 'bearer',
      request: undefined,
    });
    expect(
      withProof({ method: 'GET', url: '/', header: () => undefined }, 'p').peerCertificate?.(),
    ).toBeUndefined();
  });

  it('does not throw for a token and a proof that are not strings', () => {
    const { token, scheme, request } = renewalPresentation({ a: 1 }, 7, opened);
    expect([token, scheme, request?.header('dpop')]).toEqual(['', 'dpop', undefined]);
  });
});

describe('renewals', () => {
  it('may be ten in a minute, from the first on', () => {
    const extras: LeaseExtras = {};
    const now = NOW * 1_000;
    for (let count = 0; count < 10; count++) expect(countRenewal(extras, now + count)).toBe(true);
    expect(countRenewal(extras, now + 59_999)).toBe(false);
    expect(countRenewal(extras, now + 60_000)).toBe(true);
    for (let count = 0; count < 9; count++) expect(countRenewal(extras, now + 60_001)).toBe(true);
    expect(countRenewal(extras, now + 60_001)).toBe(false);
  });

  it('are counted anew after the clock was set back', () => {
    const extras: LeaseExtras = { renewals: { since: NOW * 1_000, count: 10 } };
    expect(countRenewal(extras, (NOW - 60) * 1_000)).toBe(true);
  });
});
