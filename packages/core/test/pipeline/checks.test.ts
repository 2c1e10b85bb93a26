import { describe, expect, it } from 'vitest';
import { AUDIENCE, aClock, aToken, ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { createSenderConstraint } from '../../src/binding/sender-constraint.ts';
import type { Issuers } from '../../src/issuers/issuers.ts';
import { createTrustedIssuer, type TrustedIssuer } from '../../src/issuers/trusted-issuer.ts';
import { type AuthErrorReason, REASONS } from '../../src/model/reasons.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { createChecks } from '../../src/pipeline/checks.ts';
import { createVerifier } from '../../src/pipeline/verifier.ts';
import { custom } from '../../src/providers/custom.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';
import { memoryRevocations } from '../../src/stores/memory-revocations.ts';

const REQUEST = { scheme: 'bearer', request: undefined } as const;

/** A verifier with an issuer and a key that are current for the given number of checks. It counts classifications. */
function aVerifier({ current = [], live = [] }: Record<string, readonly boolean[]> = {}) {
  const [currents, lives] = [[...current], [...live]];
  let classified = 0;
  const provider = custom({
    issuer: ISSUER,
    jwks,
    classify() {
      classified += 1;
      return 'user';
    },
  });
  const options = resolveOptions({ issuer: provider, audience: AUDIENCE, clock: aClock() });
  const trusted = createTrustedIssuer({ provider, audience: [AUDIENCE] }, options);
  const issuer: TrustedIssuer = {
    ...trusted,
    keySet: { ...trusted.keySet, isLive: () => lives.shift() ?? true },
  };
  const issuers: Issuers = {
    find: () => issuer,
    isCurrent: () => currents.shift() ?? true,
    ready: async () => {},
    close() {},
  };
  const verifier = createVerifier(issuers, options);
  return {
    verify: async (token: string) => verifier.verify({ token, ...REQUEST }),
    classified: () => classified,
  };
}

describe('the list of checks', () => {
  it('has these checks in this order', () => {
    const { clock, clockToleranceSec, events, dpop, mtls } = resolveOptions({
      issuer: custom({ issuer: ISSUER, jwks, classify: () => 'user' }),
      audience: AUDIENCE,
      dpop: 'when-bound',
    });
    const issuers = {} as Issuers;
    const senderConstraint = createSenderConstraint({ dpop, mtls, clock, events });
    const list = (hasEffects: boolean) =>
      createChecks({ issuers, clock, clockToleranceSec, senderConstraint, hasEffects });
    expect(list(true).map(({ step }) => step)).toEqual([
      'issuer',
      'key',
      'claims',
      'sender_constraint',
      'sender_constraint',
    ]);
    // The check with an effect comes last, and is left out without effects.
    expect(list(true).at(-1)).toBe(senderConstraint.markAsUsed);
    expect(list(true)).toContain(senderConstraint.holds);
    expect(list(false)).not.toContain(senderConstraint.markAsUsed);
    // A feature that is not configured adds no check.
    const bearerOnly = createSenderConstraint({ dpop: undefined, mtls: undefined, clock, events });
    const context = { issuers, clock, clockToleranceSec, hasEffects: true };
    const steps = createChecks({ ...context, senderConstraint: bearerOnly }).map(
      ({ step }) => step,
    );
    expect(steps).toEqual(['issuer', 'key', 'claims', 'sender_constraint']);
  });

  it('checks revocation after the binding and before the proof is marked as used, if revocation is configured', () => {
    const { clock, clockToleranceSec, revocation, events, dpop, mtls } = resolveOptions({
      issuer: custom({ issuer: ISSUER, jwks, classify: () => 'user' }),
      audience: AUDIENCE,
      dpop: 'when-bound',
      revocation: { store: memoryRevocations() },
    });
    const issuers = {} as Issuers;
    const senderConstraint = createSenderConstraint({ dpop, mtls, clock, events });
    const context = { issuers, clock, clockToleranceSec, senderConstraint, hasEffects: true };
    const list = createChecks({ ...context, revocation });
    expect(list.map(({ step }) => step).slice(-3)).toEqual([
      'sender_constraint',
      'revocation',
      'sender_constraint',
    ]);
    expect(list.at(-1)).toBe(senderConstraint.markAsUsed);
  });
});

describe('a cached token', () => {
  it.each([
    ['its issuer is configured anew', { current: [true, false] }],
    ['its key was withdrawn', { live: [true, false] }],
  ])('is read again when %s', async (_what, states) => {
    const { verify, classified } = aVerifier(states);
    const token = aToken();
    expect(await verify(token)).toMatchObject({ cached: false });
    expect(await verify(token)).toMatchObject({ cached: false });
    expect(classified()).toBe(2);
    expect(await verify(token)).toMatchObject({ cached: true });
    expect(classified()).toBe(2);
  });

  it.each<[string, AuthErrorReason, Parameters<typeof aVerifier>[0]]>([
    ['issuer', 'issuer_unavailable', { current: [false, false] }],
    ['key', 'keys_unavailable', { live: [false, false] }],
  ])(
    'is refused as an outage when the step %s asks to read it again twice in one request',
    async (_step, reason, states) => {
      const { verify, classified } = aVerifier(states);
      const refused = { principal: undefined, reason, issuerName: ISSUER };
      expect(await verify(aToken())).toMatchObject(refused);
      expect(REASONS[reason].code).toBe('temporarily_unavailable');
      expect(classified()).toBe(2);
      // And no later request is affected.
      expect(await verify(aToken())).toMatchObject({ cached: false });
    },
  );
});

describe('a bound token', () => {
  it('is refused from the cache as well, without a new verification', async () => {
    const { verify, classified } = aVerifier();
    const token = aToken({ cnf: { jkt: 'x' } });
    for (let times = 0; times < 3; times++) {
      expect(await verify(token)).toMatchObject({
        principal: undefined,
        reason: 'sender_constraint_unsupported',
        issuerName: ISSUER,
      });
    }
    expect(classified()).toBe(1);
  });

  it('is recognized by its own cnf, whatever that holds, and not by a cnf on a prototype', async () => {
    const { verify } = aVerifier();
    for (const cnf of [null, {}, 'x', []]) {
      expect(await verify(aToken({ cnf }))).toMatchObject({
        principal: undefined,
        reason: 'sender_constraint_unsupported',
      });
    }
  });
});

describe('time', () => {
  it('is refused before nbf and after exp, with the tolerance', async () => {
    const clock = aClock();
    const provider = custom({ issuer: ISSUER, jwks, classify: () => 'user' });
    const options = resolveOptions({ issuer: provider, audience: AUDIENCE, clock });
    const issuer = createTrustedIssuer({ provider, audience: [AUDIENCE] }, options);
    const issuers: Issuers = {
      find: () => issuer,
      isCurrent: () => true,
      ready: async () => {},
      close() {},
    };
    const { events } = options;
    const [, , timely] = createChecks({
      issuers,
      clock,
      clockToleranceSec: 5,
      senderConstraint: createSenderConstraint({ dpop: undefined, mtls: undefined, clock, events }),
      hasEffects: true,
    });
    const token = (expiresAt: number, notBefore?: number) =>
      ({ principal: { expiresAt }, notBefore }) as VerifiedToken;
    const check = (verified: VerifiedToken) => timely?.check(verified, { token: '', ...REQUEST });
    expect(check(token(NOW + 1))).toBeUndefined();
    expect(check(token(NOW - 4))).toBeUndefined();
    expect(check(token(NOW - 5))).toEqual({ reason: 'expired' });
    expect(check(token(NOW + 60, NOW + 5))).toBeUndefined();
    expect(check(token(NOW + 60, NOW + 6))).toEqual({ reason: 'not_yet_valid' });
  });
});
