import { scope } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { generateTestKey, type TestKey } from '@authly/testing';
import { AUDIENCE, ISSUER, realisticToken, realisticTokens } from '../tokens/realistic-token.ts';
import { type Axis, pointOf } from './growth-axis.ts';
import type { Scale } from './scale.ts';

const TOKENS = 300;

/** From one issuer to ten thousand. All have the same key, and all have tokens. */
export function issuersAxis(scale: Scale): Axis {
  const key = generateTestKey('RS256', 'growth');
  return {
    title: 'Issuers of one resource server',
    note: 'RS256; tokens of issuers all over the list. What grows is how much memory is touched.',
    of: 'issuers',
    points: [1, 10, 100, 1_000, scale.size(10_000)].map((size) => {
      const names = Array.from({ length: size }, (_, n) => `https://tenant-${n}.acme.example`);
      const issuers = names.map((issuer) => entryOf(issuer, [key]));
      const tokens = Array.from({ length: TOKENS }, (_, n) =>
        realisticToken(key, n, { iss: names[(n * 7_919) % size] }),
      );
      return pointOf({ size, issuers, tokens });
    }),
  };
}

/**
 * From one key in a set to one hundred, which is the most that a set may have. The token's key is the last
 * one.
 */
export function keysAxis(): Axis {
  const key = generateTestKey('RS256', 'growth');
  const others = Array.from({ length: 99 }, (_, n) => generateTestKey('ES256', `other-${n}`));
  const tokens = realisticTokens(key, TOKENS);
  return {
    title: 'Keys in a set',
    note: 'RS256; the key that verifies stands last.',
    of: 'keys',
    points: [1, 10, 100].map((size) => {
      const issuers = [entryOf(ISSUER, [...others.slice(0, size - 1), key])];
      return pointOf({ size, issuers, tokens });
    }),
  };
}

/** From ten scopes in a token to a thousand. The required one is the last. */
export function scopesAxis(): Axis {
  const key = generateTestKey('RS256', 'growth');
  return {
    title: 'Scopes in a token',
    note:
      'RS256; the last scope is required, which is judged on every request. The token itself grows with ' +
      'them, and has to be read, decoded and compared.',
    of: 'scopes',
    points: [10, 100, 1_000].map((size) => {
      const scopes = Array.from({ length: size }, (_, n) => `read:r${n}`);
      const tokens = realisticTokens(key, TOKENS, { scope: scopes.join(' ') });
      const requirement = scope(scopes.at(-1) ?? '');
      return pointOf({ size, issuers: [entryOf(ISSUER, [key])], tokens, requirement });
    }),
  };
}

/**
 * From one token to one hundred thousand, all of them in the cache. The part `memory` measures a million
 * tokens that do not fit.
 */
export function tokensAxis(scale: Scale): Axis {
  const key = generateTestKey('ES256', 'growth');
  const all = realisticTokens(key, scale.size(100_000));
  return {
    title: 'Distinct tokens in the cache',
    note:
      'ES256; a cache large enough for all. What grows is that each token was used longer ago, and has ' +
      'left the processor’s own caches. More tokens than fit: see the part `memory`.',
    of: 'tokens',
    points: [1, 100, 1_000, 10_000, all.length].map((size) =>
      pointOf({
        size,
        issuers: [entryOf(ISSUER, [key])],
        tokens: all.slice(0, size),
        onlyWarm: true,
      }),
    ),
  };
}

function entryOf(issuer: string, keys: readonly TestKey[]) {
  const jwks = { keys: keys.map(({ publicJwk }) => publicJwk) };
  return { ...rfc9068({ issuer, jwks }), audience: AUDIENCE };
}
