import { afterEach, describe, expect, it } from 'vitest';
import { GOOD_CLAIMS } from '../../../../test/support/tokens.ts';
import type { TokenClaims } from '../../src/model/principal.ts';
import { type KnownClaims, knownClaims } from '../../src/token/known-claims.ts';

const EVERY: Readonly<Record<string, unknown>> = {
  iss: 'https://as.example.com',
  sub: 'ada',
  aud: ['https://api.example.com'],
  exp: 9,
  nbf: 7,
  iat: 8,
  jti: 'token-1',
  client_id: 'web-app',
  sid: 'session-1',
  acr: 'urn:acme:loa:2',
  auth_time: 6,
  amr: ['pwd'],
  act: { sub: 'helper' },
  cnf: { jkt: 'thumbprint' },
};
const MEMBERS: Readonly<Record<string, keyof KnownClaims>> = {
  client_id: 'clientId',
  auth_time: 'authTime',
};

function memberOf(claim: string): keyof KnownClaims {
  return MEMBERS[claim] ?? (claim as keyof KnownClaims);
}

describe('knownClaims', () => {
  it('gives each claim in the member with its name', () => {
    const known = knownClaims(EVERY as TokenClaims);
    for (const [claim, value] of Object.entries(EVERY)) expect(known[memberOf(claim)]).toBe(value);
    expect(known).toMatchObject({ malformed: undefined, isOfAnotherType: false });
  });

  it('gives undefined for each claim that is missing', () => {
    const { malformed, isOfAnotherType, ...known } = knownClaims({});
    expect(new Set(Object.values(known))).toEqual(new Set([undefined]));
    expect({ malformed, isOfAnotherType }).toEqual({
      malformed: undefined,
      isOfAnotherType: false,
    });
    expect(Object.keys(known).sort()).toEqual(Object.keys(EVERY).map(memberOf).sort());
  });

  it.each(['iss', 'sub', 'jti', 'client_id', 'aud', 'exp', 'nbf', 'iat'])(
    'reports %s as malformed if it has another type, and treats it as missing',
    (claim) => {
      for (const value of [null, {}, true, [7], Number.POSITIVE_INFINITY]) {
        const known = knownClaims({ ...EVERY, [claim]: value } as TokenClaims);
        expect(known.malformed).toBe(claim);
        expect(known[memberOf(claim)]).toBeUndefined();
      }
    },
  );

  it('reports the first malformed claim, in the order of the token', () => {
    expect(knownClaims({ nbf: 'x', aud: 7, sub: 7 } as unknown as TokenClaims).malformed).toBe(
      'nbf',
    );
  });

  it.each(['sid', 'acr', 'auth_time'])('treats %s of another type as missing', (claim) => {
    const known = knownClaims({ ...EVERY, [claim]: {} } as TokenClaims);
    expect(known[memberOf(claim)]).toBeUndefined();
    expect(known.malformed).toBeUndefined();
  });

  it.each(['at_hash', 'c_hash', 'events'])('recognizes a token of another type by %s', (claim) => {
    expect(knownClaims({ ...GOOD_CLAIMS, [claim]: null }).isOfAnotherType).toBe(true);
  });
});

describe('a polluted prototype', () => {
  const names = [...Object.keys(EVERY), 'at_hash', 'events'];
  afterEach(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  });

  it.each([true, false])(
    'adds nothing to a token, also with enumerable members: %s',
    (enumerable) => {
      for (const name of names) {
        const value = EVERY[name] ?? 'x';
        const descriptor = { value, enumerable, configurable: true, writable: true };
        Object.defineProperty(Object.prototype, name, descriptor);
      }
      const known = knownClaims({});
      const own = [known.malformed, known.isOfAnotherType, known.iss, known.aud, known.exp];
      const found = names.filter((name) => Object.hasOwn(known, memberOf(name)));
      const present = found.filter((name) => known[memberOf(name)] !== undefined);
      for (const name of names) Reflect.deleteProperty(Object.prototype, name);
      expect(own).toEqual([undefined, false, undefined, undefined, undefined]);
      expect(present).toEqual([]);
    },
  );
});
