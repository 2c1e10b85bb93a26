import { describe, expect, it } from 'vitest';
import * as presets from '../../src/providers/index.ts';
import { TABLES } from './all-tables.ts';
import { read, refusalOf, without } from './token-table.ts';

describe.each(TABLES)(
  '$preset',
  ({ audience, create, introspectionAlone, issuer, oneKind, preset, requires, tokens }) => {
    it.each(tokens)('reads $name', ({ claims, expect: expected, header, provider: own }) => {
      // Made here and not once for all, so that a mutant of what makes it is charged to this test.
      expect(read(own?.() ?? create(issuer), { claims, header }, audience)).toEqual(expected);
    });

    it('is exported under its name', () => {
      const provider = create(issuer);
      expect(Object.keys(presets)).toContain(preset);
      expect(provider.preset).toBe(preset);
      expect(provider.issuer).toBe(issuer);
    });

    it('gives a plain frozen object that can be spread', () => {
      const provider = create(issuer);
      expect(Object.isFrozen(provider)).toBe(true);
      expect(Object.getPrototypeOf(provider)).toBe(Object.prototype);
      expect({ ...provider, name: 'other' }).toEqual({ ...provider, name: 'other' });
      expect(Object.isFrozen(provider.requiredClaims)).toBe(true);
      expect(Object.isFrozen(provider.keys)).toBe(true);
      expect(Object.isFrozen(provider.authority)).toBe(true);
    });

    it('requires the claims that its table lists', () => {
      expect([...create(issuer).requiredClaims].toSorted()).toEqual(requires.toSorted());
    });

    it('refuses each good token from which a required claim is removed', () => {
      for (const { claims, expect: expected, header, name, provider, ...own } of tokens) {
        if (expected === 'refused') continue;
        const needed = own.requires ?? (provider === undefined ? requires : []);
        for (const claim of needed) {
          const token = { claims: without(claims, claim), header };
          // A token that lacks what marks access tokens may be called one of another type instead.
          const refusal = refusalOf(provider?.() ?? create(issuer), token, audience);
          expect([name, refusal?.claim]).toEqual([name, claim]);
        }
      }
    });

    it('accepts types in lower case without application/', () => {
      for (const type of create(issuer).types.accepted) expect(type).toMatch(/^[a-z+]+$/);
    });

    it('has a token of every kind that its provider issues', () => {
      const kinds = new Set(
        tokens.flatMap(({ expect: expected }) => (expected === 'refused' ? [] : [expected.kind])),
      );
      const several = oneKind ? 1 : 2;
      expect(kinds.size).toBe(introspectionAlone ? 0 : several);
    });

    it('never reads a token of a client as of a user', () => {
      for (const token of tokens) {
        const reading = read(token.provider?.() ?? create(issuer), token, audience);
        if (token.truth === 'client' && reading !== 'refused') expect(reading.kind).toBe('client');
      }
    });
  },
);

describe('the presets', () => {
  it('each have a table of tokens', () => {
    const tested = TABLES.map(({ preset }) => preset);
    expect(tested.toSorted()).toEqual(Object.keys(presets).toSorted());
  });

  it('give rules for explain that contain no claim of the token', () => {
    for (const { create, issuer, tokens } of TABLES) {
      for (const { claims, header, provider: own } of tokens) {
        const { rule } = (own?.() ?? create(issuer)).classify(claims, header);
        expect(rule).toMatch(/^[\x20-\x7e]+$/);
        for (const name of ['sub', 'azp', 'client_id', 'cid', 'oid', 'email', 'username']) {
          const id = claims[name];
          if (typeof id === 'string' && id.length > 3) expect(rule).not.toContain(id);
        }
      }
    }
  });
});
