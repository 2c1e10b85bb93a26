import { describe, expect, it } from 'vitest';
import { aProof, type ProofOptions, thumbprintOf } from '../../../../test/support/bound.ts';
import { aClock, generateTestKey } from '../../../../test/support/tokens.ts';
import { USE_REQUEST } from '../../src/binding/binding-kind.ts';
import { resolveDpop } from '../../src/binding/dpop-options.ts';
import { proofBinding } from '../../src/binding/proof-binding.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { Presentation } from '../../src/request/presentation.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';
import type { ReplayStore } from '../../src/stores/replay-store.ts';

const key = generateTestKey('ES256');
const thumbprint = thumbprintOf(key);
const token = 'a.b.c';
const secrets = ['s'.repeat(32)] as const;

function aBinding(option: object = {}) {
  const clock = aClock();
  const events = createEventSink(undefined);
  const dpop = resolveDpop(option, { resource: 'https://api.test', clock, events });
  if (dpop === undefined) throw new TypeError('There is no such case');
  const headersSet: (readonly unknown[])[] = [];
  const request = (proof?: string): RequestView => ({
    method: 'GET',
    url: '/orders',
    header: (name) => (name === 'dpop' ? proof : undefined),
    setResponseHeader: (...header) => headersSet.push(header),
  });
  const proof = (options: Partial<ProofOptions> = {}) =>
    aProof({ key, token, url: 'https://api.test/orders', clock, ...options });
  const presented = (written = proof()): Presentation => ({
    token,
    scheme: 'dpop',
    request: request(written),
  });
  const binding = proofBinding(dpop, { clock, events });
  const verified = {} as VerifiedToken;
  /** Runs the first check for a token that is bound to `jkt`, and then the last one. */
  const both = async (presentation: Presentation, jkt: string | undefined = thumbprint) => [
    binding.holds(jkt, verified, presentation),
    await binding.markAsUsed?.check(verified, presentation),
  ];
  return { binding, both, clock, dpop, headersSet, presented, proof, request, verified };
}

const bearer = (request?: RequestView): Presentation => ({ token, scheme: 'bearer', request });

describe('a token that is bound to a key', () => {
  it('[RFC9449-4.3-i] is accepted with a proof by this key, and with no other', async () => {
    const { binding, both, presented, proof } = aBinding();
    expect(binding.member).toBe('jkt');
    expect(await both(presented())).toEqual([undefined, undefined]);
    const stranger = presented(proof({ key: generateTestKey('ES256') }));
    expect(await both(stranger)).toEqual([{ reason: 'binding_mismatch' }, undefined]);
  });

  it('[RFC9449-7.2-a] is not accepted as a Bearer token, and needs its request', async () => {
    const { both, request } = aBinding();
    expect(await both(bearer(request()))).toEqual([
      { reason: 'binding_scheme_mismatch' },
      undefined,
    ]);
    const alone: Presentation = { token, scheme: 'dpop', request: undefined };
    const needsRequest = { reason: 'sender_constraint_unsupported', hint: USE_REQUEST };
    expect(await both(alone)).toEqual([needsRequest, undefined]);
    expect(await both(bearer())).toEqual([needsRequest, undefined]);
  });

  it('must have the digest that the proof states', () => {
    const { binding, presented, proof } = aBinding();
    for (const written of ['x.y.z', 'a.b.c', 'x.y.z']) {
      // Each has its own verified token, as in the cache, so that digests are not mixed up.
      const verified = {} as VerifiedToken;
      for (let times = 0; times < 2; times++) {
        const presentation = { ...presented(proof({ token: written })), token: written };
        expect(binding.holds(thumbprint, verified, presentation)).toBeUndefined();
      }
      const other = presented(proof({ token: 'other' }));
      expect(binding.holds(thumbprint, verified, other)).toEqual({
        reason: 'proof_token_mismatch',
      });
    }
  });
});

describe('a token that is bound to no key', () => {
  it('[RFC9449-7.1-a] is accepted as a Bearer token, and not with the scheme DPoP', async () => {
    const { binding, request, verified, presented } = aBinding();
    expect(binding.isRequired).toBe(false);
    expect(binding.holds(undefined, verified, bearer(request()))).toBeUndefined();
    expect(binding.holds(undefined, verified, bearer())).toBeUndefined();
    expect(binding.holds(undefined, verified, presented())).toEqual({ reason: 'binding_missing' });
  });

  it('is refused if proofs are required, and so is every Bearer token', () => {
    const { binding, presented, request, verified } = aBinding({ mode: 'required' });
    expect(binding.isRequired).toBe(true);
    for (const jkt of [undefined, thumbprint]) {
      expect(binding.holds(jkt, verified, bearer(request()))).toEqual({
        reason: 'binding_required',
      });
      expect(binding.holds(jkt, verified, bearer())).toEqual({
        reason: 'binding_required',
        hint: USE_REQUEST,
      });
    }
    expect(binding.holds(undefined, verified, presented())).toEqual({ reason: 'binding_missing' });
    expect(binding.holds(thumbprint, verified, presented())).toBeUndefined();
  });
});

describe('the last check', () => {
  it('belongs to sender_constraint, and accepts a proof once', async () => {
    const { binding, both, presented, proof } = aBinding();
    expect(binding.markAsUsed?.step).toBe('sender_constraint');
    const written = proof();
    expect(await both(presented(written))).toEqual([undefined, undefined]);
    expect(await both(presented(written))).toEqual([undefined, { reason: 'proof_replayed' }]);
  });

  it('marks no proof that comes with a Bearer token, and none that the first check has refused', async () => {
    const { both, binding, presented, proof, request, verified } = aBinding();
    const written = proof();
    expect(await binding.markAsUsed?.check(verified, bearer(request(written)))).toBeUndefined();
    // Nothing is marked either if the first check has refused.
    expect(await binding.markAsUsed?.check(verified, presented(written))).toBeUndefined();
    expect(await both(presented(written))).toEqual([undefined, undefined]);
  });

  it('gives a promise only if the store does', async () => {
    const memory = aBinding();
    const presented = memory.presented();
    memory.binding.holds(thumbprint, memory.verified, presented);
    expect(memory.binding.markAsUsed?.check(memory.verified, presented)).toBeUndefined();

    const slow: ReplayStore = { reserve: async () => false };
    const { both, presented: present } = aBinding({ replay: slow });
    expect(await both(present())).toEqual([undefined, { reason: 'proof_replayed' }]);
  });

  it('refuses a proof that became too old after it was verified', async () => {
    const { binding, clock, presented, verified } = aBinding();
    const presentation = presented();
    expect(binding.holds(thumbprint, verified, presentation)).toBeUndefined();
    clock.advanceSec(62);
    expect(await binding.markAsUsed?.check(verified, presentation)).toEqual({
      reason: 'proof_untimely',
    });
  });

  it('refuses every proof while the store is down, and keeps the error for the operator', async () => {
    const cause = new Error('down');
    const replay: ReplayStore = { reserve: () => Promise.reject(cause) };
    const { both, presented } = aBinding({ replay });
    expect(await both(presented())).toEqual([undefined, { reason: 'replay_unavailable', cause }]);
  });
});

describe('[RFC9449-8.2-a] the next nonce', () => {
  it('is sent in a response that must not be cached, if the proof used an older one', async () => {
    const { both, clock, dpop, headersSet, presented, proof } = aBinding({ nonce: { secrets } });
    const nonce = dpop.nonces?.current() ?? '';
    expect(await both(presented(proof({ nonce })))).toEqual([undefined, undefined]);
    expect(headersSet).toEqual([]);
    clock.advanceSec(60);
    expect(await both(presented(proof({ nonce })))).toEqual([undefined, undefined]);
    expect(headersSet).toEqual([
      ['DPoP-Nonce', dpop.nonces?.current()],
      ['Cache-Control', 'no-store', { unlessSet: true }],
    ]);
  });

  it('is not sent with the refusal of a replayed proof, and needs no response to be set', async () => {
    const { both, clock, dpop, headersSet, presented, proof } = aBinding({ nonce: { secrets } });
    const nonce = dpop.nonces?.current() ?? '';
    clock.advanceSec(60);
    const written = proof({ nonce });
    const { request, ...rest } = presented(written);
    const silent = request && { method: 'GET', url: '/orders', header: request.header };
    expect(await both({ ...rest, request: silent })).toEqual([undefined, undefined]);
    expect(await both(presented(written))).toEqual([undefined, { reason: 'proof_replayed' }]);
    expect(headersSet).toEqual([]);
  });
});
