import { describe, expect, it } from 'vitest';
import { SUBJECT_TYPE_CLAIM } from '../src/access-token-claims.ts';
import { customClaims } from '../src/custom-claims.ts';
import { thrown, untyped } from './fixtures.ts';

function nested(levels: number): unknown {
  return levels === 0 ? 'leaf' : { a: nested(levels - 1) };
}

describe('customClaims', () => {
  it('accepts any JSON at the top level, and leaves out undefined values', () => {
    const claims = {
      tenant_id: 't-1',
      level: 3,
      flags: { beta: true, since: null },
      groups: ['a', { b: [] }],
      none: undefined,
    };
    const { none: _, ...expected } = claims;
    expect(customClaims(Object.entries(claims))).toStrictEqual(expected);
  });

  it.each([
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'cnf', 'act'],
    ...['may_act', 'auth_time', 'acr', 'amr', 'azp', 'nonce', 'sub_id', 'events', '__proto__'],
    SUBJECT_TYPE_CLAIM,
  ])('refuses the reserved name %s, and names it', (name) => {
    const error = thrown(() =>
      customClaims([
        ['fine', 1],
        [name, 'forged'],
      ]),
    );
    expect(error).toMatchObject({ code: 'claim_reserved', claims: [name] });
    expect(String(error)).toContain(name);
    expect(String(error)).not.toContain('forged');
  });

  it('refuses a name that occurs twice', () => {
    expect(
      thrown(() =>
        customClaims([
          ['a', 1],
          ['b', 1],
          ['a', 1],
        ]),
      ),
    ).toMatchObject({
      code: 'claim_repeated',
      claims: ['a'],
    });
  });

  it.each([
    ['a date', new Date()],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a map', new Map()],
    ['undefined in a list', [undefined]],
    ['a hole in a list', Array(1)],
    ['a function in an object', { toJSON: () => 1 }],
  ])('refuses %s', (_, value) => {
    expect(thrown(() => customClaims([['odd', value]]))).toMatchObject({
      code: 'claim_invalid',
      claims: ['odd'],
    });
  });

  it('refuses a value that contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(thrown(() => customClaims([['loop', loop]]))).toMatchObject({ code: 'claim_invalid' });
  });

  it('allows 32 levels of JSON, the token itself counted, as resource servers do', () => {
    expect(customClaims([['deep', nested(31)]])).toHaveProperty('deep');
    expect(thrown(() => customClaims([['deep', nested(32)]]))).toMatchObject({
      code: 'claim_invalid',
    });
  });

  it('reads own members only', () => {
    const claims = untyped<object>(Object.create({ admin: true }));
    expect(customClaims(Object.entries(claims))).toStrictEqual({});
  });
});
