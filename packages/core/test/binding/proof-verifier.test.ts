import { describe, expect, it, vi } from 'vitest';
import { aProof, type ProofOptions, thumbprintOf } from '../../../../test/support/bound.ts';
import { aClock, generateTestKey, NOW } from '../../../../test/support/tokens.ts';
import { resolveDpop } from '../../src/binding/dpop-options.ts';
import { readProofKey } from '../../src/binding/proof-key.ts';
import { createProofVerifier, tokenHashOf } from '../../src/binding/proof-verifier.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { AuthEvent } from '../../src/model/events.ts';

const key = generateTestKey('ES256');
const token = 'a.b.c';
const bound = { thumbprint: thumbprintOf(key), tokenHash: tokenHashOf(token) };
const secrets = ['s'.repeat(32)] as const;

function aVerifier(option: object = {}) {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const sink = createEventSink((event) => events.push(event));
  const dpop = resolveDpop(option, { resource: 'https://api.test', clock, events: sink });
  if (dpop === undefined) throw new TypeError('There is no such case');
  const verifyProof = createProofVerifier({ ...dpop, clock, events: sink });
  const verify = (proof: string | undefined, to = bound) =>
    verifyProof(to, {
      token,
      scheme: 'dpop',
      request: {
        method: 'GET',
        url: '/orders?a',
        header: (name) => (name === 'dpop' ? proof : undefined),
      },
    });
  const made = (options: Partial<ProofOptions> = {}) =>
    aProof({ key, token, url: 'https://api.test/orders', clock, ...options });
  events.length = 0;
  return { verify, verifyProof, made, clock, events, dpop };
}

describe('a valid proof', () => {
  it('gives what must be marked as used, and until when', () => {
    const { verify, made } = aVerifier();
    expect(verify(made({ claims: { jti: 'i' }, issuedInSec: -7 }))).toEqual({
      thumbprint: bound.thumbprint,
      jti: 'i',
      acceptedUntilSec: NOW - 7 + 60,
      nextNonce: undefined,
    });
  });

  it('is accepted within the configured times', () => {
    const { verify, made } = aVerifier({ maxAgeSec: 300, futureSec: 0 });
    expect(verify(made({ issuedInSec: -300 }))).toMatchObject({ acceptedUntilSec: NOW });
    expect(verify(made({ issuedInSec: -301 }))).toEqual({ reason: 'proof_untimely' });
    expect(verify(made({ issuedInSec: 0 }))).toMatchObject({ acceptedUntilSec: NOW + 300 });
    expect(verify(made({ issuedInSec: 1 }))).toEqual({ reason: 'proof_untimely' });
  });

  it('may have exp and nbf', () => {
    const { verify, made } = aVerifier();
    expect(verify(made({ claims: { exp: NOW + 1, nbf: NOW + 10 } }))).toHaveProperty('jti');
    expect(verify(made({ claims: { exp: NOW } }))).toEqual({ reason: 'proof_untimely' });
    expect(verify(made({ claims: { nbf: NOW + 11 } }))).toEqual({ reason: 'proof_untimely' });
  });
});

describe('the order of checks', () => {
  it('checks what is cheap first, and the nonce last', () => {
    const { verify, made } = aVerifier({ nonce: { secrets } });
    const other = generateTestKey('ES256');
    const faults: readonly (readonly [string, Partial<ProofOptions>])[] = [
      ['proof_type_invalid', { header: { typ: 'x' } }],
      ['proof_method_mismatch', { method: 'POST' }],
      ['proof_url_mismatch', { url: 'https://api.test/' }],
      ['proof_untimely', { claims: { exp: 1 } }],
      ['proof_token_mismatch', { token: 'x' }],
      ['binding_mismatch', { key: other }],
      ['proof_signature_invalid', { signedBy: other }],
      ['nonce_missing', {}],
    ];
    faults.forEach(([reason], first) => {
      // Everything from here on is wrong. The first fault in this order must be the reason.
      const wrong = faults.slice(first).map(([, options]) => options);
      const claims = Object.assign({}, ...wrong.map((each) => each.claims));
      const options = Object.assign({}, ...wrong, { claims });
      expect(verify(made(options))).toMatchObject({ reason });
    });
  });

  it('detects a key that cannot be used after the binding and before the signature', () => {
    const { verify, made } = aVerifier();
    const { x, y } = key.publicJwk;
    const jwk = { kty: 'EC', crv: 'P-256', x: y, y: x };
    const thumbprint = readProofKey(jwk, 'ES256')?.thumbprint ?? '';
    const proof = made({ header: { jwk } });
    expect(verify(proof)).toEqual({ reason: 'binding_mismatch' });
    expect(verify(proof, { ...bound, thumbprint })).toEqual({ reason: 'proof_key_invalid' });
  });

  it('refuses without a request, and without the header', () => {
    const { verify, verifyProof } = aVerifier();
    const alone = { token, scheme: 'dpop', request: undefined } as const;
    expect(verifyProof(bound, alone)).toEqual({ reason: 'proof_missing' });
    expect(verify(undefined)).toEqual({ reason: 'proof_missing' });
    expect(verify('x')).toEqual({ reason: 'proof_malformed' });
  });
});

describe('a prepared key', () => {
  it('is kept with its header after the binding was checked', () => {
    const { verify, made } = aVerifier();
    const stranger = generateTestKey('ES256');
    for (let times = 0; times < 3; times++) {
      expect(verify(made({ key: stranger }))).toEqual({ reason: 'binding_mismatch' });
      expect(verify(made())).toHaveProperty('jti');
    }
    expect(verify(made({ signedBy: stranger }))).toEqual({ reason: 'proof_signature_invalid' });
    // The binding is compared each time: the cached key does not help a token of another key.
    const other = { ...bound, thumbprint: thumbprintOf(stranger) };
    expect(verify(made(), other)).toEqual({ reason: 'binding_mismatch' });
  });

  it('is not needed for a proof with a long header, which is accepted each time', () => {
    const { verify, made } = aVerifier();
    for (let times = 0; times < 2; times++) {
      expect(verify(made({ header: { pad: 'x'.repeat(2_000) } }))).toHaveProperty('jti');
    }
  });
});

describe('nonces', () => {
  it('are asked for with the current nonce', () => {
    const { verify, made, dpop } = aVerifier({ nonce: { secrets } });
    const details = { nonce: dpop.nonces?.current() };
    expect(verify(made())).toEqual({ reason: 'nonce_missing', details });
    expect(verify(made({ nonce: '' }))).toEqual({ reason: 'nonce_invalid', details });
    expect(verify(made({ nonce: 'x' }))).toEqual({ reason: 'nonce_invalid', details });
  });

  it('decide how fresh a proof is, instead of its iat', () => {
    const { verify, made, dpop, clock, events } = aVerifier({ nonce: { secrets } });
    const nonce = dpop.nonces?.current() ?? '';
    for (const issuedInSec of [-86_400, 0, 86_400]) {
      expect(verify(made({ nonce, issuedInSec }))).toMatchObject({
        acceptedUntilSec: NOW + 180,
        nextNonce: undefined,
      });
    }
    clock.advanceSec(60);
    expect(verify(made({ nonce }))).toMatchObject({
      acceptedUntilSec: NOW + 180,
      nextNonce: dpop.nonces?.current(),
    });
    expect(events).toEqual([]);
  });

  it('do not replace the check of exp', () => {
    const { verify, made, dpop } = aVerifier({ nonce: { secrets } });
    const nonce = dpop.nonces?.current() ?? '';
    expect(verify(made({ nonce, claims: { exp: NOW } }))).toEqual({ reason: 'proof_untimely' });
  });
});

describe('the event about a wrong clock', () => {
  it('says by how many seconds the clock is ahead or behind', () => {
    const { verify, made, events } = aVerifier();
    verify(made({ issuedInSec: -3_600 }));
    verify(made({ claims: { iat: NOW + 90.6 } }));
    verify(made());
    expect(events).toEqual([
      { type: 'proof.clock_skew', seconds: -3_600 },
      { type: 'proof.clock_skew', seconds: 91 },
    ]);
  });

  it('says one day at most, whatever the proof states', () => {
    const { verify, made, events } = aVerifier();
    verify(made({ claims: { iat: 1e300 } }));
    verify(made({ claims: { iat: 0 } }));
    verify(made({ claims: { iat: NOW, exp: NOW - 1 } }));
    expect(events.map((event) => ('seconds' in event ? event.seconds : event))).toEqual([
      86_400, -86_400, 0,
    ]);
  });

  it('is not created when nobody listens', () => {
    const { dpop, made, clock } = aVerifier();
    const emit = vi.fn();
    const verifyProof = createProofVerifier({ ...dpop, clock, events: { active: false, emit } });
    const proof = made({ issuedInSec: -3_600 });
    const request = { method: 'GET', url: '/orders', header: () => proof };
    expect(verifyProof(bound, { token, scheme: 'dpop', request })).toEqual({
      reason: 'proof_untimely',
    });
    expect(emit).not.toHaveBeenCalled();
  });
});
