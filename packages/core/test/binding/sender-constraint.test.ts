import { describe, expect, it } from 'vitest';
import { aBoundProof, clientKey, thumbprintOf } from '../../../../test/support/bound.ts';
import { AUDIENCE, aClock } from '../../../../test/support/tokens.ts';
import { type DpopMode, type DpopOptions, resolveDpop } from '../../src/binding/dpop-options.ts';
import type { ResolvedMtls } from '../../src/binding/mtls-options.ts';
import { createSenderConstraint } from '../../src/binding/sender-constraint.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { Presentation } from '../../src/request/presentation.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';
import type { ReplayStore } from '../../src/stores/replay-store.ts';

const token = 'a.b.c';
const jkt = thumbprintOf(clientKey);

function aConstraint(option: DpopMode | DpopOptions | undefined, mtls?: ResolvedMtls) {
  const clock = aClock();
  const events = createEventSink();
  const dpop = resolveDpop(option, { resource: AUDIENCE, clock, events });
  const { holds, markAsUsed } = createSenderConstraint({ dpop, mtls, clock, events });
  // Without DPoP there is nothing to mark, so the list has one check fewer.
  const nothing: NonNullable<typeof markAsUsed> = {
    step: 'sender_constraint',
    check: () => undefined,
  };
  return { holds, markAsUsed: markAsUsed ?? nothing, clock, dpop };
}

const verified = (cnf?: unknown): VerifiedToken => {
  const confirmation = typeof cnf === 'object' && cnf !== null ? cnf : undefined;
  return { isBound: cnf !== undefined, principal: { confirmation } } as VerifiedToken;
};

function presented(scheme: 'bearer' | 'dpop', proof?: string | 'alone'): Presentation {
  if (proof === 'alone') return { token, scheme, request: undefined };
  const header = (name: string) => (name === 'dpop' ? proof : undefined);
  return { token, scheme, request: { method: 'GET', url: '/', header, identity: {} } };
}

const OURS = { 'x5t#S256': 'ours' };

const WRITE =
  "The token is bound to a key (DPoP). Write: createResourceServer({ …, dpop: 'when-bound' })";
const USE_REQUEST =
  'A bound token can only be verified together with its request. Write: authenticate(view), or explainRequest(view)';
const WRITE_MTLS = expect.stringContaining('mtls: { certificate: socketCertificate() }');

describe('a token with a valid binding', () => {
  it('is accepted, and its proof is marked after all other checks', () => {
    const { holds, markAsUsed } = aConstraint('when-bound');
    const proof = aBoundProof(token);
    const [first, again] = [presented('dpop', proof), presented('dpop', proof)];
    expect(holds.step).toBe('sender_constraint');
    expect(markAsUsed.step).toBe('sender_constraint');
    // The first check has no effect.
    expect(holds.check(verified({ jkt }), first)).toBeUndefined();
    expect(holds.check(verified({ jkt }), first)).toBeUndefined();
    expect(holds.check(verified({ jkt }), again)).toBeUndefined();
    expect(markAsUsed.check(verified({ jkt }), first)).toBeUndefined();
    expect(markAsUsed.check(verified({ jkt }), again)).toEqual({ reason: 'proof_replayed' });
  });

  it('is read once while it is cached, with the hash of its own text', () => {
    const { holds } = aConstraint('when-bound');
    const kept = verified({ jkt });
    expect(holds.check(kept, presented('dpop', aBoundProof(token)))).toBeUndefined();
    expect(holds.check(kept, presented('dpop', aBoundProof(token)))).toBeUndefined();
    expect(holds.check(kept, presented('dpop', aBoundProof('x')))).toEqual({
      reason: 'proof_token_mismatch',
    });
  });

  it('causes no mark if the binding was not checked, or for a Bearer token', () => {
    const { markAsUsed } = aConstraint('when-bound');
    expect(markAsUsed.check(verified({ jkt }), presented('dpop'))).toBeUndefined();
    expect(markAsUsed.check(verified(), presented('bearer'))).toBeUndefined();
  });

  it('is refused if its proof became too old before it was marked', () => {
    const { holds, markAsUsed, clock } = aConstraint('when-bound');
    const proof = aBoundProof(token);
    const [first, again] = [presented('dpop', proof), presented('dpop', proof)];
    clock.advanceSec(59);
    expect(holds.check(verified({ jkt }), first)).toBeUndefined();
    expect(holds.check(verified({ jkt }), again)).toBeUndefined();
    expect(markAsUsed.check(verified({ jkt }), first)).toBeUndefined();
    // A slow revocation store runs between the two checks. By then, the first mark has expired.
    clock.advanceSec(60);
    expect(markAsUsed.check(verified({ jkt }), again)).toEqual({ reason: 'proof_untimely' });
  });

  it('waits for a store that gives a promise', async () => {
    const store = (isFirst: boolean): ReplayStore => ({ reserve: async () => isFirst });
    for (const [isFirst, result] of [
      [true, undefined],
      [false, { reason: 'proof_replayed' }],
    ] as const) {
      const { holds, markAsUsed } = aConstraint({ replay: store(isFirst) });
      const one = presented('dpop', aBoundProof(token));
      await holds.check(verified({ jkt }), one);
      const marked = markAsUsed.check(verified({ jkt }), one);
      expect(marked).toBeInstanceOf(Promise);
      expect(await marked).toEqual(result);
    }
  });

  it('is refused while the store is down, with the store’s error as the cause', async () => {
    const cause = new Error('down');
    const { holds, markAsUsed } = aConstraint({ replay: { reserve: () => Promise.reject(cause) } });
    const one = presented('dpop', aBoundProof(token));
    await holds.check(verified({ jkt }), one);
    expect(await markAsUsed.check(verified({ jkt }), one)).toEqual({
      reason: 'replay_unavailable',
      cause,
    });
  });

  it('gets the next nonce only if its proof used an older one', () => {
    const { holds, markAsUsed, clock, dpop } = aConstraint({
      nonce: { secrets: ['s'.repeat(32)] },
    });
    const nonce = dpop?.nonces?.current() ?? '';
    const set: unknown[] = [];
    const request = (proof: string) => ({
      ...presented('dpop', proof).request,
      setResponseHeader: (...header: unknown[]) => set.push(header),
    });
    const run = () => {
      const view = request(aBoundProof(token, { nonce })) as Presentation['request'];
      const one: Presentation = { token, scheme: 'dpop', request: view };
      expect(holds.check(verified({ jkt }), one)).toBeUndefined();
      expect(set).toEqual([]);
      expect(markAsUsed.check(verified({ jkt }), one)).toBeUndefined();
    };
    run();
    expect(set).toEqual([]);
    clock.advanceSec(60);
    run();
    expect(set).toEqual([
      ['DPoP-Nonce', dpop?.nonces?.current()],
      ['Cache-Control', 'no-store', { unlessSet: true }],
    ]);
    // A view without a response, or without a request behind it, causes no error.
    const one = presented('dpop', aBoundProof(token, { nonce }));
    void holds.check(verified({ jkt }), one);
    expect(markAsUsed.check(verified({ jkt }), one)).toBeUndefined();
  });
});

describe.each<[string, DpopMode | undefined, VerifiedToken, Presentation, unknown]>([
  ['not bound, Bearer', undefined, verified(), presented('bearer'), undefined],
  [
    'bound to a key, Bearer',
    undefined,
    verified({ jkt }),
    presented('bearer'),
    { reason: 'sender_constraint_unsupported', hint: WRITE },
  ],
  [
    'bound to a certificate',
    undefined,
    verified({ 'x5t#S256': 'x' }),
    presented('bearer'),
    { reason: 'sender_constraint_unsupported', hint: WRITE_MTLS },
  ],
  [
    'bound to nothing',
    undefined,
    verified({}),
    presented('bearer'),
    { reason: 'sender_constraint_unsupported' },
  ],
  [
    'bound to null',
    undefined,
    verified(null),
    presented('bearer'),
    { reason: 'sender_constraint_unsupported' },
  ],
  ['not bound, Bearer', 'when-bound', verified(), presented('bearer'), undefined],
  ['not bound, no request', 'when-bound', verified(), presented('bearer', 'alone'), undefined],
  [
    'not bound, DPoP',
    'when-bound',
    verified(),
    presented('dpop', aBoundProof(token)),
    { reason: 'binding_missing' },
  ],
  [
    'bound, Bearer',
    'when-bound',
    verified({ jkt }),
    presented('bearer', aBoundProof(token)),
    { reason: 'binding_scheme_mismatch' },
  ],
  [
    'bound, no request',
    'when-bound',
    verified({ jkt }),
    presented('bearer', 'alone'),
    { reason: 'sender_constraint_unsupported', hint: USE_REQUEST },
  ],
  [
    'bound, no proof',
    'when-bound',
    verified({ jkt }),
    presented('dpop'),
    { reason: 'proof_missing' },
  ],
  [
    'bound to nothing, Bearer',
    'when-bound',
    verified({}),
    presented('bearer'),
    { reason: 'claim_malformed' },
  ],
  [
    'bound to null, DPoP',
    'when-bound',
    verified(null),
    presented('dpop'),
    { reason: 'claim_malformed' },
  ],
  [
    'bound to a certificate, Bearer',
    'when-bound',
    verified({ 'x5t#S256': 'x' }),
    presented('bearer'),
    { reason: 'sender_constraint_unsupported', hint: WRITE_MTLS },
  ],
  [
    'bound to both',
    'when-bound',
    verified({ jkt, 'x5t#S256': 'x' }),
    presented('dpop', aBoundProof(token)),
    { reason: 'sender_constraint_unsupported', hint: WRITE_MTLS },
  ],
  [
    'bound to another key',
    'when-bound',
    verified({ jkt: 'x' }),
    presented('dpop', aBoundProof(token)),
    { reason: 'binding_mismatch' },
  ],
  [
    'not bound, Bearer',
    'required',
    verified(),
    presented('bearer'),
    { reason: 'binding_required' },
  ],
  [
    'bound, Bearer',
    'required',
    verified({ jkt }),
    presented('bearer'),
    { reason: 'binding_required' },
  ],
  [
    'not bound, no request',
    'required',
    verified(),
    presented('bearer', 'alone'),
    { reason: 'binding_required', hint: USE_REQUEST },
  ],
  [
    'not bound, DPoP',
    'required',
    verified(),
    presented('dpop', aBoundProof(token)),
    { reason: 'binding_missing' },
  ],
  [
    'bound, with its proof',
    'required',
    verified({ jkt }),
    presented('dpop', aBoundProof(token)),
    undefined,
  ],
])('a token that is %s, with dpop: %s', (_what, mode, verifiedToken, presentation, result) => {
  it('is refused with the reason', () => {
    expect(aConstraint(mode).holds.check(verifiedToken, presentation)).toEqual(result);
  });
});

describe.each<
  [string, ResolvedMtls['mode'], DpopMode | undefined, VerifiedToken, Presentation, unknown]
>([
  ['not bound', 'when-bound', undefined, verified(), presented('bearer'), undefined],
  [
    'not bound, no request',
    'when-bound',
    undefined,
    verified(),
    presented('bearer', 'alone'),
    undefined,
  ],
  [
    'bound to its certificate',
    'when-bound',
    undefined,
    verified(OURS),
    presented('bearer'),
    undefined,
  ],
  [
    'bound to another certificate',
    'when-bound',
    undefined,
    verified({ 'x5t#S256': 'theirs' }),
    presented('bearer'),
    { reason: 'certificate_mismatch' },
  ],
  [
    'bound to a certificate, no request',
    'when-bound',
    undefined,
    verified(OURS),
    presented('bearer', 'alone'),
    { reason: 'sender_constraint_unsupported', hint: USE_REQUEST },
  ],
  [
    'bound to a key',
    'when-bound',
    undefined,
    verified({ jkt }),
    presented('bearer'),
    { reason: 'sender_constraint_unsupported', hint: WRITE },
  ],
  [
    'bound to nothing',
    'when-bound',
    undefined,
    verified({}),
    presented('bearer'),
    { reason: 'claim_malformed' },
  ],
  [
    'not bound',
    'required',
    undefined,
    verified(),
    presented('bearer'),
    { reason: 'certificate_required' },
  ],
  [
    'not bound, no request',
    'required',
    undefined,
    verified(),
    presented('bearer', 'alone'),
    { reason: 'certificate_required', hint: USE_REQUEST },
  ],
  [
    'bound, no request',
    'required',
    undefined,
    verified(OURS),
    presented('bearer', 'alone'),
    { reason: 'certificate_required', hint: USE_REQUEST },
  ],
  [
    'bound to its certificate',
    'required',
    undefined,
    verified(OURS),
    presented('bearer'),
    undefined,
  ],
  [
    'bound to both, with both',
    'when-bound',
    'when-bound',
    verified({ ...OURS, jkt }),
    presented('dpop', aBoundProof(token)),
    undefined,
  ],
  [
    'bound to both, as Bearer',
    'when-bound',
    'when-bound',
    verified({ ...OURS, jkt }),
    presented('bearer'),
    { reason: 'binding_scheme_mismatch' },
  ],
  [
    'bound to both, without a proof',
    'required',
    'required',
    verified({ ...OURS, jkt }),
    presented('dpop'),
    { reason: 'proof_missing' },
  ],
  [
    'bound to both, with another certificate',
    'when-bound',
    'when-bound',
    verified({ 'x5t#S256': 'theirs', jkt }),
    presented('dpop', aBoundProof(token)),
    { reason: 'certificate_mismatch' },
  ],
  [
    'bound to its certificate, under DPoP',
    'when-bound',
    'when-bound',
    verified(OURS),
    presented('dpop', aBoundProof(token)),
    { reason: 'binding_missing' },
  ],
  [
    'bound to its key alone',
    'required',
    'when-bound',
    verified({ jkt }),
    presented('dpop', aBoundProof(token)),
    { reason: 'certificate_required' },
  ],
  [
    'bound to its certificate alone',
    'when-bound',
    'required',
    verified(OURS),
    presented('bearer'),
    { reason: 'binding_required' },
  ],
])(
  'a token that is %s, with mtls: %s, dpop: %s',
  (_what, mode, dpop, verifiedToken, presentation, result) => {
    it('is refused with the reason', () => {
      const certificate = { thumbprintOf: () => 'ours' };
      const { holds } = aConstraint(dpop, { mode, certificate });
      expect(holds.check(verifiedToken, presentation)).toEqual(result);
    });
  },
);

it('for a token with both bindings, the proof is not read if the certificate is missing', () => {
  const certificate = { thumbprintOf: () => undefined };
  const { holds, markAsUsed } = aConstraint('when-bound', { mode: 'when-bound', certificate });
  const proof = aBoundProof(token);
  const both = verified({ ...OURS, jkt });
  const one = presented('dpop', proof);
  expect(holds.check(both, one)).toEqual({ reason: 'certificate_missing' });
  expect(markAsUsed.check(both, one)).toBeUndefined();
  // The proof was not marked: it is accepted once the certificate is there.
  const holding = aConstraint('when-bound', {
    mode: 'when-bound',
    certificate: { thumbprintOf: () => 'ours' },
  });
  const again = presented('dpop', proof);
  expect(holding.holds.check(both, again)).toBeUndefined();
  expect(holding.markAsUsed.check(both, again)).toBeUndefined();
});

it('nothing is marked without dpop', () => {
  const { markAsUsed } = aConstraint(undefined);
  expect(markAsUsed.step).toBe('sender_constraint');
  expect(markAsUsed.check(verified({ jkt }), presented('dpop'))).toBeUndefined();
});
