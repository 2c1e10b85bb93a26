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
  it('reads each claim into the member that is called after it', () => {
    const known = knownClaims(EVERY as TokenClaims);
    for (const [claim, value] of Object.entries(EVERY)) expect(known[memberOf(claim)]).toBe(value);
    expect(known).toMatchObject({ malformed: undefined, isOfAnotherType: false });
  });

  it('has undefined for each that is not there', () => {
    const { malformed, isOfAnotherType, ...known } = knownClaims({});
    expect(new Set(Object.values(known))).toEqual(new Set([undefined]));
    expect({ malformed, isOfAnotherType }).toEqual({
      malformed: undefined,
      isOfAnotherType: false,
    });
    expect(Object.keys(known).sort()).toEqual(Object.keys(EVERY).map(memberOf).sort());
  });

  it.each(['iss', 'sub', 'jti', 'client_id', 'aud', 'exp', 'nbf', 'iat'])(
    'names %s where it has another type, and reads it as not there',
    (claim) => {
      for (const value of [null, {}, true, [7], Number.POSITIVE_INFINITY]) {
        const known = knownClaims({ ...EVERY, [claim]: value } as TokenClaims);
        expect(known.malformed).toBe(claim);
        expect(known[memberOf(claim)]).toBeUndefined();
      }
    },
  );

  it('names the first of several, in the order of the token', () => {
    expect(knownClaims({ nbf: 'x', aud: 7, sub: 7 } as unknown as TokenClaims).malformed).toBe(
      'nbf',
    );
  });

  it.each(['sid', 'acr', 'auth_time'])('reads %s of another type as not there', (claim) => {
    const known = knownClaims({ ...EVERY, [claim]: {} } as TokenClaims);
    expect(known[memberOf(claim)]).toBeUndefined();
    expect(known.malformed).toBeUndefined();
  });

  it.each(['at_hash', 'c_hash', 'events'])('knows by %s that it is of another type', (claim) => {
    expect(knownClaims({ ...GOOD_CLAIMS, [claim]: null }).isOfAnotherType).toBe(true);
  });
});

describe('a polluted prototype', () => {
  const names = [...Object.keys(EVERY), 'at_hash', 'events'];
  afterEach(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  });

  it.each([true, false])('adds nothing to a token, its members enumerable: %s', (enumerable) => {
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
  });
});
