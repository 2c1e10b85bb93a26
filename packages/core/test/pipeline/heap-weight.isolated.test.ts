import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { deepFreeze, MAX_JSON_DEPTH } from '../../src/lib/json.ts';
import { createHeapScale } from '../../src/pipeline/heap-weight.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/**
 * Bytes of the heap once collections free nothing more. One collection is not enough: what the start of the worker has
 * left, such as compiled code, goes only after several, and would then count against the claims.
 */
function heapAfterCollections(): number {
  let bytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    collect();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed >= bytes) return heapUsed;
    bytes = heapUsed;
  }
  return bytes;
}

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

let names = 0;
const uniqueName = () => `k${(names++).toString(36)}`;

function nest(levels: number, wrap: (inner: unknown) => unknown): unknown {
  return times(levels, () => 0).reduce<unknown>((inner) => wrap(inner), 1);
}

/** Claims of tokens or their text, most of about 10 KB: of real tokens, and of tokens made to take much memory. */
const CLAIMS: Readonly<Record<string, (token: number) => object | string>> = {
  'as they are common': (n) => ({
    iss: 'https://as.example.com/tenant',
    sub: `user-${n}`,
    aud: ['https://api.example.com', 'https://as.example.com/userinfo'],
    exp: 1_800_000_000 + n,
    scope: 'openid profile read:users write:users',
    realm_access: { roles: ['offline_access', 'uma_authorization', 'accountant'] },
    resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
    jti: `8d1f0a9e-5a6f-4b1b-8d57-${String(n).padStart(12, '0')}`,
  }),
  'of one long text': (n) => ({ text: 'x'.repeat(10_000) + n }),
  'of text beyond Latin-1': (n) => ({ text: 'ж'.repeat(3_000) + n }),
  'of many texts': (n) => ({ roles: times(600, (i) => `a-role-of-${n}-${i}`) }),
  'of one text many times': () => ({ roles: times(1_000, () => 'role') }),
  'of integers': () => ({ ids: times(3_000, (i) => i) }),
  'of large integers': () => ({ ids: times(1_000, (i) => 3e9 + i) }),
  'of fractions': () => ({ ids: times(2_000, (i) => i + 0.5) }),
  'of minus zeros': () => `{"ids":[${times(3_000, () => '-0').join()}]}`,
  'of nulls': () => ({ ids: times(2_000, () => null) }),
  'of empty lists': () => ({ ids: times(3_000, () => []) }),
  'of empty objects': () => ({ ids: times(3_000, () => ({})) }),
  'of lists of one': () => ({ ids: times(2_500, () => [1]) }),
  'of objects of one': () => ({ ids: times(1_500, () => ({ a: 1 })) }),
  'of objects': (n) => ({ ids: times(300, (i) => ({ id: i, name: `n${n}-${i}`, on: true })) }),
  'of objects with fractions': () => ({ ids: times(1_000, (i) => ({ v: i + 0.5 })) }),
  'of members that were fractions once': (n) => ({
    ids: times(50, () => Object.fromEntries(times(30, (i) => [`m${i}`, n === 0 ? 0.5 : i]))),
  }),
  'of nested lists': () => ({ ids: times(300, () => nest(14, (inner) => [inner])) }),
  'of nested objects': () => ({ ids: times(150, () => nest(14, (inner) => ({ a: inner }))) }),
  'of 1,000 names': () => Object.fromEntries(times(1_000, (i) => [`key${i}`, 1])),
  'of 1,000 names of its own': () => Object.fromEntries(times(1_000, () => [uniqueName(), 1])),
  'of 100 names of its own': () => Object.fromEntries(times(100, () => [uniqueName(), 1])),
  // With one name more, V8 makes a hash table.
  'of 127 names': () => Object.fromEntries(times(127, (i) => [`k${i}`, true])),
  'of 128 names': () => Object.fromEntries(times(128, (i) => [`k${i}`, true])),
  'of objects with names of their own': () => ({
    ids: times(800, () => ({ [uniqueName()]: 1 })),
  }),
  'of names that are far numbers': (n) =>
    Object.fromEntries(times(500, (i) => [`${i * 1_000 + n}`, 1])),
  // The largest that V8 keeps as a list with holes, and the first that it does not.
  'of names that are near numbers': () =>
    Object.fromEntries(times(500, (i) => [`${i === 499 ? 9_214 : i}`, 1])),
  'of names that are numbers just too far': () =>
    Object.fromEntries(times(500, (i) => [`${i === 499 ? 9_215 : i}`, 1])),
  'of names that are numbers from the token': (n) =>
    Object.fromEntries(times(500, (i) => [`${i * 7 + n}`, 1])),
  'of a number and 100 names of its own': () => ({
    1: 1,
    ...Object.fromEntries(times(100, () => [uniqueName(), 1])),
  }),
  'of a number and 1,000 names of its own': () => ({
    1: 1,
    ...Object.fromEntries(times(1_000, () => [uniqueName(), 1])),
  }),
  'of 100 numbers that are too large for places': (n) =>
    Object.fromEntries(times(100, (i) => [`${5e9 + n * 100 + i}`, 1])),
  // The names are line breaks, in an order of each token's own: joined by line breaks they look the same.
  'of names that look the same when joined': (n) =>
    Object.fromEntries(
      times(37, (i) => ['\n'.repeat(((i + 1) * (1 + (n % 36)) + Math.floor(n / 36)) % 37), 1]),
    ),
  'of objects with names that are numbers': (n) => ({
    ids: times(300, (i) => ({ [`${i * 1_000 + n}`]: 1 })),
  }),
  'of objects with a near number as the name': () => ({ ids: times(800, () => ({ 34: 1 })) }),
};

const textOf = (claims: object | string): string =>
  typeof claims === 'string' ? claims : JSON.stringify(claims);

/** So many tokens that their text is at least 2 MB: what else changes in the heap of a worker is some 100 KB. */
function tokensFor(length: number): number {
  return Math.max(200, Math.ceil(2_000_000 / length));
}

function aVerifiedToken(claims: object): VerifiedToken {
  const none: readonly string[] = [];
  const lists = { audience: none, scopes: none, permissions: none, roles: none, groups: none };
  return { principal: { key: '', claims, ...lists, actor: undefined } } as never;
}

describe.each(Object.entries(CLAIMS))('claims %s', (_what, make) => {
  it('take at most 1.2 times the estimated memory', () => {
    const count = tokensFor(textOf(make(0)).length);
    const texts = times(count, (n) => textOf(make(n)));
    const kept: object[] = [];
    const before = heapAfterCollections();
    for (const text of texts) {
      const claims: object = JSON.parse(text);
      deepFreeze(claims, MAX_JSON_DEPTH);
      kept.push(claims);
    }
    const real = (heapAfterCollections() - before) / count;

    const weigh = createHeapScale();
    const empty = weigh(aVerifiedToken({}));
    let counted = 0;
    for (const claims of kept) counted += weigh(aVerifiedToken(claims)) - empty;
    counted = counted / count + 56;
    // The heap of a worker also changes by some KB for other reasons.
    expect(real).toBeLessThan(1.2 * counted + 256);
    expect(counted).toBeLessThan(2 * real + 512);
  });
});

describe('the estimate of memory', () => {
  it('counts an object once if it is shared or contains itself', () => {
    const weigh = createHeapScale();
    const claims: Record<string, unknown> = { list: [1, 2, 3] };
    const alone = weigh(aVerifiedToken(claims));
    claims['self'] = claims;
    claims['again'] = claims['list'];
    expect(weigh(aVerifiedToken(claims)) - alone).toBeLessThan(600);
  });

  it('accepts the output of a schema, and counts objects of unknown classes', () => {
    const weigh = createHeapScale();
    const odd = { at: new Date(0), map: new Map([['a', 1]]), run: () => 1, nothing: undefined };
    expect(weigh(aVerifiedToken(odd))).toBeGreaterThan(weigh(aVerifiedToken({})));
  });

  it('is larger than any cache for an object that is too large to count', () => {
    const huge = { ids: times(100_001, () => []) };
    expect(createHeapScale()(aVerifiedToken(huge))).toBe(Number.MAX_SAFE_INTEGER);
  });
});
