import { describe, expect, it } from 'vitest';
import { AUDIENCE, ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { answerPolicy, checkAnswer, claimsOfAnswer } from '../../src/introspection/claims.ts';
import type { TokenClaims } from '../../src/model/principal.ts';
import { custom } from '../../src/providers/custom.ts';
import type { IntrospectedRule, Provider } from '../../src/providers/provider.ts';

const CLAIMS = { sub: 'ada', exp: NOW + 60, aud: AUDIENCE, token_type: 'Bearer', kind: 'access' };
const classify = () => 'user' as const;
const provider = custom({ issuer: ISSUER, jwks, classify });
const rule: IntrospectedRule = {
  requiredMembers: ['sub'],
  accepts: ({ kind }) => kind === 'access',
  classify: () => ({ kind: 'unknown', rule: 'not asked' }),
};

function check(
  claims: object,
  options: {
    readonly isAudienceRequired?: boolean;
    readonly audience?: readonly string[] | undefined;
  } = {},
  by: Provider = provider,
) {
  const policy = answerPolicy(by, rule, {
    audience: [AUDIENCE],
    isAudienceRequired: true,
    clockToleranceSec: 5,
    ...options,
  });
  return checkAnswer({ ...CLAIMS, ...claims } as TokenClaims, policy, NOW)?.reason;
}

describe('claimsOfAnswer', () => {
  it('leaves out active and jwt, and freezes', () => {
    const claims = claimsOfAnswer({ active: true, jwt: 'x', sub: 'ada' });
    expect(claims).toEqual({ sub: 'ada' });
    expect(Object.isFrozen(claims)).toBe(true);
  });

  it('treats a member named __proto__ as an ordinary one', () => {
    const claims = claimsOfAnswer(JSON.parse('{"active":true,"__proto__":{"scope":"admin"}}'));
    expect(claims['scope']).toBeUndefined();
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
  });
});

describe('checkAnswer', () => {
  it.each([
    [{}, undefined],
    [{ iss: ISSUER }, undefined],
    [{ iss: `${ISSUER}/` }, 'issuer_unknown'],
    [{ iss: [ISSUER] }, 'claim_malformed'],
    [{ iss: null }, 'claim_malformed'],
    [{ auth_time: NOW }, undefined],
    [{ auth_time: '2027' }, 'claim_malformed'],
    [{ auth_time: Number.POSITIVE_INFINITY }, 'claim_malformed'],
    [{ sub: '' }, 'claim_missing'],
    [{ sub: 7 }, 'claim_malformed'],
    [{ kind: 'refresh' }, 'type_not_accepted'],
    [{ exp: NOW - 5 }, 'expired'],
    [{ exp: NOW - 4 }, undefined],
    [{ nbf: NOW + 6 }, 'not_yet_valid'],
    [{ aud: ['x', AUDIENCE] }, undefined],
    [{ aud: 'x' }, 'audience_mismatch'],
    [{ aud: [7] }, 'claim_malformed'],
    [{ token_type: 'bearer' }, undefined],
    [{ token_type: 'DPoP' }, 'type_not_accepted'],
    [{ token_type: 'mac' }, 'type_not_accepted'],
    [{ token_type: null }, 'claim_malformed'],
    [{ token_type: 'dpop', cnf: { jkt: 'x' } }, undefined],
    [{ token_type: 'Bearer', cnf: { jkt: 'x' } }, 'type_not_accepted'],
    [{ token_type: 'Bearer', cnf: { 'x5t#S256': 'x' } }, undefined],
    [{ token_type: 'DPoP', cnf: ['jkt'] }, 'type_not_accepted'],
    [{ token_type: 'DPoP', cnf: JSON.parse('{"__proto__":{"jkt":"x"}}') }, 'type_not_accepted'],
  ])('gives for %j: %s', (claims, reason) => {
    expect(check(claims)).toBe(reason);
  });

  it.each(['sub', 'exp', 'aud'])('refuses claims without %s', (name) => {
    const entries = Object.entries(CLAIMS).filter(([each]) => each !== name);
    const policy = answerPolicy(provider, rule, {
      audience: [AUDIENCE],
      isAudienceRequired: true,
      clockToleranceSec: 5,
    });
    expect(checkAnswer(Object.fromEntries(entries), policy, NOW)?.reason).toBe('claim_missing');
  });

  it('accepts an answer without token_type', () => {
    const { token_type: _type, ...rest } = CLAIMS;
    const policy = answerPolicy(provider, rule, {
      audience: [AUDIENCE],
      isAudienceRequired: false,
      clockToleranceSec: 5,
    });
    expect(checkAnswer(rest, policy, NOW)).toBeUndefined();
    const { aud: _aud, ...without } = rest;
    expect(checkAnswer(without, policy, NOW)).toBeUndefined();
    expect(checkAnswer({ ...rest, aud: 'x' }, policy, NOW)?.reason).toBe('audience_mismatch');
  });

  it('asks an entry for many issuers whether iss is one of them', () => {
    const many = { ...provider, names: ({ iss }: TokenClaims) => iss === 'https://t1.example.com' };
    expect(check({ iss: 'https://t1.example.com' }, {}, many)).toBeUndefined();
    expect(check({ iss: 'https://t2.example.com' }, {}, many)).toBe('issuer_unknown');
  });

  it('also calls the check that replaces aud', () => {
    const free = custom({
      issuer: ISSUER,
      jwks,
      classify,
      audienceClaim: 'absent',
      accepts: ({ client_id }) => client_id === 'ours',
    });
    const { aud: _aud, ...rest } = CLAIMS;
    const policy = answerPolicy(free, rule, {
      audience: undefined,
      isAudienceRequired: true,
      clockToleranceSec: 5,
    });
    expect(checkAnswer({ ...rest, client_id: 'ours' }, policy, NOW)).toBeUndefined();
    for (const claims of [{ client_id: 'x' }, { client_id: 'ours', kind: 'x' }]) {
      expect(checkAnswer({ ...rest, ...claims }, policy, NOW)?.reason).toBe('type_not_accepted');
    }
  });

  it('accepts only true as a yes', () => {
    const loose = { ...rule, accepts: () => 'yes' as never };
    const policy = answerPolicy(provider, loose, {
      audience: [AUDIENCE],
      isAudienceRequired: true,
      clockToleranceSec: 5,
    });
    expect(checkAnswer(CLAIMS, policy, NOW)?.reason).toBe('type_not_accepted');
  });
});
