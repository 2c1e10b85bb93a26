import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUDIENCE, GOOD_CLAIMS, NOW } from '../../../../test/support/tokens.ts';
import type { TokenClaims } from '../../src/model/principal.ts';
import { type ClaimsPolicy, checkClaims, checkTime } from '../../src/token/claims.ts';

const policy: ClaimsPolicy = {
  audience: [AUDIENCE, 'urn:other'],
  types: { accepted: ['at+jwt'], optional: false },
  requiredClaims: ['sub', 'client_id', 'jti'],
  clockToleranceSec: 5,
  accepts: undefined,
};

function check(
  claims: Readonly<Record<string, unknown>>,
  changes: Partial<ClaimsPolicy> = {},
  header: Readonly<Record<string, unknown>> = { typ: 'at+jwt' },
): string {
  return checkClaims(claims, header, { ...policy, ...changes }, NOW)?.reason ?? 'accepted';
}

function good(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...GOOD_CLAIMS, ...changes };
}

function without(...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(GOOD_CLAIMS).filter(([name]) => !names.includes(name)));
}

describe('a refusal', () => {
  const refusal = (
    claims: Readonly<Record<string, unknown>>,
    changes: Partial<ClaimsPolicy> = {},
    header: Readonly<Record<string, unknown>> = { typ: 'at+jwt' },
  ) => checkClaims(claims, header, { ...policy, ...changes }, NOW);
  const expectedAudience = [AUDIENCE, 'urn:other'];

  it('names the claim that is missing or malformed', () => {
    for (const claim of ['sub', 'client_id', 'jti', 'exp']) {
      expect(refusal(without(claim))).toEqual({ reason: 'claim_missing', claim });
      const malformed = { reason: 'claim_malformed', claim };
      expect(refusal(good({ [claim]: [] }))).toEqual(malformed);
    }
    expect(refusal(good({ sub: '' }))).toEqual({ reason: 'claim_missing', claim: 'sub' });
  });

  it('names the expected audience, if aud is missing or wrong', () => {
    const missing = { reason: 'claim_missing', claim: 'aud', expectedAudience };
    expect(refusal(without('aud'))).toEqual(missing);
    const other = { reason: 'audience_mismatch', expectedAudience };
    expect(refusal(good({ aud: 'urn:secret' }))).toEqual(other);
  });

  it('names the expected types, and says whether typ is absent', () => {
    const another = { reason: 'type_not_accepted', expectedTypes: ['at+jwt'] };
    expect(refusal(good(), {}, { typ: 'JWT' })).toEqual(another);
    expect(refusal(good(), {}, {})).toEqual({ ...another, typeAbsent: true });
    expect(refusal(good({ at_hash: 'x' }))).toEqual({ reason: 'type_not_accepted' });
  });

  it('has the reason that accepts gives', () => {
    for (const reason of ['caller_not_listed', 'audience_mismatch'] as const) {
      expect(refusal(good(), { accepts: () => reason })).toEqual({ reason });
    }
    const made = (() => 'expired') as unknown as ClaimsPolicy['accepts'];
    expect(refusal(good(), { accepts: made })).toEqual({ reason: 'type_not_accepted' });
  });

  it('of a token of another type has that as its reason, and not a missing claim', () => {
    const lacking = without('client_id');
    const claim = 'client_id';
    const accepts = (answer: unknown) => ({ accepts: () => answer as boolean });
    expect(refusal(lacking, accepts(false))).toEqual({ reason: 'type_not_accepted', claim });
    for (const answer of [true, 'caller_not_listed', undefined, Promise.reject(new Error('x'))]) {
      expect(refusal(lacking, accepts(answer))).toEqual({ reason: 'claim_missing', claim });
    }
    const throwing = () => {
      throw new TypeError('reads what is missing');
    };
    expect(refusal(lacking, { accepts: throwing })).toEqual({ reason: 'claim_missing', claim });
  });
});

describe('a claim of another type of token', () => {
  it.each([
    ['at_hash', 'Xr0v'],
    ['c_hash', 'Xr0v'],
    ['events', { 'http://schemas.openid.net/event/backchannel-logout': {} }],
    ['at_hash', null],
    ['c_hash', ''],
    ['events', []],
  ])('refuses %s %j, whatever typ is', (name, value) => {
    expect(check(good({ [name]: value }))).toBe('type_not_accepted');
  });

  it('counts only as an own member', () => {
    const inherited = Object.assign(
      Object.create({ at_hash: 'x', c_hash: 'x', events: {} }),
      good(),
    );
    expect(check(inherited)).toBe('accepted');
  });
});

describe('typ', () => {
  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT'])(
    'accepts %j, in any case, with and without application/',
    (typ) => {
      expect(check(good(), {}, { typ })).toBe('accepted');
    },
  );

  it.each([
    'JWT',
    'jwt',
    'id+jwt',
    'logout+jwt',
    'dpop+jwt',
    'at+jwt ',
    ' at+jwt',
    'at jwt',
    'at+jwts',
    'text/at+jwt',
    'application/application/at+jwt',
    'application/',
    '',
    ['at+jwt'],
    null,
    7,
  ])('refuses %j', (typ) => {
    expect(check(good(), {}, { typ })).toBe('type_not_accepted');
  });

  it('may be absent only if the policy says so, and is not read from a prototype', () => {
    const optional = { types: { accepted: ['at+jwt'], optional: true } };
    expect(check(good(), {}, {})).toBe('type_not_accepted');
    expect(check(good(), {}, Object.create({ typ: 'at+jwt' }))).toBe('type_not_accepted');
    expect(check(good(), optional, {})).toBe('accepted');
    expect(check(good(), optional, { typ: 'JWT' })).toBe('type_not_accepted');
    expect(check(good(), optional, { typ: undefined })).toBe('type_not_accepted');
  });
});

describe('the types of claims', () => {
  const strings = ['iss', 'sub', 'jti', 'client_id'];
  const numbers = ['exp', 'nbf', 'iat'];

  it.each(strings)('%s is a string or absent, and is never converted', (name) => {
    for (const value of [7, true, null, [], ['x'], {}, { toString: 'x' }]) {
      expect(check(good({ [name]: value }))).toBe('claim_malformed');
    }
  });

  it.each(numbers)('%s is a finite number or absent, and is never converted', (name) => {
    const values = [`${NOW}`, '', true, null, [NOW], {}, Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of values) expect(check(good({ [name]: value }))).toBe('claim_malformed');
  });

  it('a number that is too large for JavaScript is malformed', () => {
    const claims: Record<string, unknown> = JSON.parse('{"exp":1e309}');
    expect(check(good(claims))).toBe('claim_malformed');
  });

  it.each([7, true, null, {}, { 0: AUDIENCE, length: 1 }, [7], [AUDIENCE, null], [[AUDIENCE]]])(
    'aud is a string or a list of strings, not %j',
    (aud) => {
      expect(check(good({ aud }))).toBe('claim_malformed');
    },
  );
});

describe('required claims', () => {
  it.each(['sub', 'client_id', 'jti'])('%s must be present and not empty', (name) => {
    expect(check(without(name))).toBe('claim_missing');
    expect(check(good({ [name]: '' }))).toBe('claim_missing');
  });

  it('null counts as absent, for claims of any type', () => {
    expect(check(good({ tid: null }), { requiredClaims: ['tid'] })).toBe('claim_missing');
    expect(check(good({ tid: 0 }), { requiredClaims: ['tid'] })).toBe('accepted');
  });

  it('exp is always required, and aud if an audience is configured', () => {
    expect(check(without('exp'), { requiredClaims: [] })).toBe('claim_missing');
    expect(check(without('aud'), { requiredClaims: [] })).toBe('claim_missing');
    expect(check(without('aud'), { requiredClaims: [], audience: undefined })).toBe('accepted');
  });

  it('members of a prototype do not count as claims', () => {
    for (const name of ['sub', 'exp', 'aud']) {
      const claims = Object.assign(Object.create({ [name]: GOOD_CLAIMS[name] }), without(name));
      expect(check(claims)).toBe('claim_missing');
    }
  });
});

describe('aud', () => {
  it.each([
    ['the audience', AUDIENCE],
    ['another configured one', 'urn:other'],
    ['a list with it', ['https://elsewhere.example', AUDIENCE]],
  ])('accepts %s', (_what, aud) => {
    expect(check(good({ aud }))).toBe('accepted');
  });

  it.each([
    ['another', 'https://elsewhere.example'],
    ['a prefix', AUDIENCE.slice(0, -1)],
    ['a longer one', `${AUDIENCE}/`],
    ['another case', AUDIENCE.toUpperCase()],
    ['two in one string', `${AUDIENCE} urn:other`],
    ['white space around it', ` ${AUDIENCE}`],
    ['empty text', ''],
    ['an empty list', []],
    ['a list of others', ['a', 'b']],
    ['__proto__', '__proto__'],
  ])('refuses %s', (_what, aud) => {
    expect(check(good({ aud }))).toBe('audience_mismatch');
  });
});

describe('time', () => {
  it.each([
    ['exp far ahead', { exp: NOW + 1e9 }, 'accepted'],
    ['exp just now, within tolerance', { exp: NOW }, 'accepted'],
    ['exp a little less than the tolerance ago', { exp: NOW - 4.999 }, 'accepted'],
    ['exp the tolerance ago', { exp: NOW - 5 }, 'expired'],
    ['exp long ago', { exp: 0 }, 'expired'],
    ['exp before the epoch', { exp: -1 }, 'expired'],
    ['nbf past', { nbf: NOW - 1 }, 'accepted'],
    ['nbf ahead by the tolerance', { nbf: NOW + 5 }, 'accepted'],
    ['nbf ahead by more', { nbf: NOW + 5.001 }, 'not_yet_valid'],
    ['nbf far ahead', { nbf: 1e300 }, 'not_yet_valid'],
    ['iat ahead, which is not compared', { iat: NOW + 1e6 }, 'accepted'],
  ])('%s: %s', (_what, claims, outcome) => {
    expect(check(good(claims))).toBe(outcome);
  });

  it('without tolerance a token expires exactly at exp, as RFC 7519 §4.1.4 says', () => {
    expect(checkTime(NOW, undefined, 0, NOW)).toBe('expired');
    expect(checkTime(NOW + 0.001, undefined, 0, NOW)).toBeUndefined();
    expect(checkTime(NOW + 1, NOW, 0, NOW)).toBeUndefined();
    expect(checkTime(NOW + 1, NOW + 0.001, 0, NOW)).toBe('not_yet_valid');
  });
});

describe('the preset’s own check', () => {
  it('accepts only true as a yes', () => {
    for (const answer of [false, undefined, null, 1, 'true', Promise.resolve(true)]) {
      const accepts = () => answer as boolean;
      expect(check(good(), { accepts })).toBe('type_not_accepted');
    }
    expect(check(good(), { accepts: () => true })).toBe('accepted');
  });

  it('runs last, with claims whose types were checked', () => {
    const seen: TokenClaims[] = [];
    const accepts = (claims: TokenClaims) => seen.push(claims) > 0;
    check(good({ exp: 'soon' }), { accepts });
    check(good({ aud: 'elsewhere' }), { accepts });
    expect(seen).toEqual([]);
    check(good(), { accepts });
    expect(seen).toHaveLength(1);
  });
});

describe('with any claims', () => {
  it('the check gives a reason and does not throw', () => {
    const claims = fc.dictionary(
      fc.constantFrom('iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', '__proto__'),
      fc.oneof(fc.jsonValue(), fc.double(), fc.constant(AUDIENCE)),
    );
    const reasons = [
      'accepted',
      'claim_malformed',
      'claim_missing',
      'audience_mismatch',
      'expired',
      'not_yet_valid',
    ];
    fc.assert(
      fc.property(claims, (value) => {
        expect(reasons).toContain(check(good(value)));
      }),
    );
  });
});
